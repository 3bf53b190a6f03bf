using System.Diagnostics;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Robustness.Endurance;

/// <summary>Cancellation at random moments, folders that vanish, fill up or lose permission: no partial file under a final name, what was finished stays.</summary>
internal static class FolderFaults
{
    private const int Files = 40;
    private const int Rounds = 60;

    public static void Run(CovidCtModel model, int seed, Action<string, bool> report)
    {
        var folder = Directory.CreateTempSubdirectory("covidctnet-endurance-");
        try
        {
            Cancel(model, folder.FullName, seed, report);
            Vanish(folder.FullName, report);
            Fill(folder.FullName, report);
            LosePermission(folder.FullName, report);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Cancel(CovidCtModel model, string folder, int seed, Action<string, bool> report)
    {
        var random = new Random(seed);
        var input = Directory.CreateDirectory(Path.Combine(folder, "slices")).FullName;
        string[] paths = [.. Enumerable.Range(1, Files).Select(i => Path.Combine(input, $"{i}.png"))];
        for (var i = 0; i < Files; i++)
        {
            CtPhantom.Create(i).Image.SavePng(paths[i]);
        }

        var output = Directory.CreateDirectory(Path.Combine(folder, "maps")).FullName;
        var (cancelled, complete, partial) = (0, 0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            using var source = new CancellationTokenSource(random.Next(1, 400));
            try
            {
                WriteAll(model, paths, output, source.Token).GetAwaiter().GetResult();
                complete++;
            }
            catch (OperationCanceledException)
            {
                cancelled++;
            }

            foreach (var file in Directory.EnumerateFiles(output))
            {
                // A file under its final name is whole; a temporary one would have stayed.
                partial += file.EndsWith(".tmp", StringComparison.Ordinal) || Record(() => CtImage.Load(file)) is not null ? 1 : 0;
                File.Delete(file);
            }
        }

        report($"{Rounds} runs cancelled at random moments ({cancelled} cancelled, {complete} complete): {partial} partial or temporary files", partial == 0 && cancelled > 0);
    }

    private static async Task WriteAll(CovidCtModel model, string[] paths, string output, CancellationToken cancellationToken)
    {
        await foreach (var result in model.PredictFilesAsync(paths, null, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (result.IsSuccess)
            {
                model.Explain(CtImage.Load(result.Path), cancellationToken: cancellationToken).SavePng(Path.Combine(output, Path.GetFileName(result.Path)));
            }
        }
    }

    private static void Vanish(string folder, Action<string, bool> report)
    {
        var output = Directory.CreateDirectory(Path.Combine(folder, "gone")).FullName;
        CtPhantom.Create(1).Image.SavePng(Path.Combine(output, "first.png"));
        Directory.Delete(output, recursive: true);
        var error = Record(() => CtPhantom.Create(1).Image.SavePng(Path.Combine(output, "second.png")));
        report($"an output folder that vanishes: {error?.GetType().Name}", error is IOException && error.Message.Contains("gone", StringComparison.Ordinal));
    }

    private static void Fill(string folder, Action<string, bool> report)
    {
        if (!Mounted(folder, "full", "256k", out var output))
        {
            report("an output folder that fills up: left out, a small file system cannot be mounted here", true);
            return;
        }

        WriteUntilFault(output, "fills up", null, e => e is IOException, report);
    }

    /// <summary>The folder becomes read-only after a few files, by its mount, which stops an administrator as well.</summary>
    private static void LosePermission(string folder, Action<string, bool> report)
    {
        if (!Mounted(folder, "locked", "16m", out var output))
        {
            report("an output folder that loses permission: left out, a small file system cannot be mounted here", true);
            return;
        }

        WriteUntilFault(output, "loses permission", () => Command("mount", "-o", "remount,ro", output), e => e is IOException or UnauthorizedAccessException, report);
    }

    private static bool Mounted(string folder, string name, string size, out string output)
    {
        output = Directory.CreateDirectory(Path.Combine(folder, name)).FullName;
        return OperatingSystem.IsLinux() && Command("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", output) == 0;
    }

    /// <summary>Writes slices and arrays in turn until one fails: the error must name the folder, and every file before it be whole and readable.</summary>
    private static void WriteUntilFault(string output, string what, Action? fault, Func<Exception, bool> isExpected, Action<string, bool> report)
    {
        const int BeforeFault = 12;
        try
        {
            Exception? error = null;
            var written = 0;
            while (error is null && written < Files * 5)
            {
                if (written == BeforeFault)
                {
                    fault?.Invoke();
                }

                var stem = Path.Combine(output, $"{written}");
                error = written % 2 == 0 ? Record(() => CtPhantom.Create(written).Image.SavePng(stem + ".png")) : Record(() => NpyFile.Write(stem + ".npy", new float[2500], 50, 50));
                written += error is null ? 1 : 0;
            }

            var files = Directory.GetFiles(output);
            var whole = files.Count(f => Record(() => _ = f.EndsWith(".png", StringComparison.Ordinal) ? CtImage.Load(f).Width : NpyFile.Read(f).Values.Length) is null);
            report(
                $"an output folder that {what}: {written} files written, then {error?.GetType().Name} ({error?.Message.Replace(output, "...", StringComparison.Ordinal)}); {whole} of {files.Length} files are whole",
                error is not null && isExpected(error) && error.Message.Contains(output, StringComparison.Ordinal) && whole == written && files.Length == written);
        }
        finally
        {
            Command("umount", output);
        }
    }

    private static int Command(string name, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(name, arguments) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }

    private static Exception? Record(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }
}
