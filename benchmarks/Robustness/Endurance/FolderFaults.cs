using System.Diagnostics;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Robustness.Endurance;

/// <summary>Cancellation at random moments, folders that vanish and folders that fill up: no partial file under a final name, what was finished stays.</summary>
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
        var output = Directory.CreateDirectory(Path.Combine(folder, "full")).FullName;
        if (!OperatingSystem.IsLinux() || Command("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", output) != 0)
        {
            report("an output folder that fills up: left out, a small file system cannot be mounted here", true);
            return;
        }

        try
        {
            Exception? error = null;
            var written = 0;
            while (error is null && written < 200)
            {
                var path = Path.Combine(output, $"{written}.png");
                error = Record(() => CtPhantom.Create(written).Image.SavePng(path));
                written += error is null ? 1 : 0;
            }

            var files = Directory.GetFiles(output);
            var sound = files.Count(f => Record(() => CtImage.Load(f)) is null);
            report($"an output folder that fills up: {written} files written, then {error?.GetType().Name}; {sound} of {files.Length} files are whole", error is IOException && sound == written && files.Length == written);
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
