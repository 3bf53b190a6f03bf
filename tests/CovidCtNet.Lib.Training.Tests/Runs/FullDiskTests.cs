using System.Diagnostics;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Tests.Data;

namespace CovidCtNet.Lib.Training.Tests.Runs;

/// <summary>The Train sample writes its run to a file system that really fills up, and goes on once there is room.</summary>
public sealed class FullDiskTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_full_disk_leaves_the_previous_checkpoint_whole_and_the_run_goes_on_when_there_is_room()
    {
        var (mounts, why) = await Shell("mount -t tmpfs -o size=1m tmpfs \"$1\"", Directory.CreateDirectory(_folder.File("probe")).FullName);
        Assert.SkipWhen(mounts != 0, $"no small file system can be mounted here: {why}");
        var manifest = SyntheticSlices.Write(_folder, 20);
        File.WriteAllText(_folder.File("options.json"), new TrainingOptions
        {
            Network = new NetworkOptions { Width = 0.0625, InputHeight = 48, InputWidth = 48 },
            Preprocessing = new CtPreprocessing { Width = 48, Height = 48, Mean = 0.5f, StandardDeviation = 0.25f },
            Epochs = 3,
            BatchSize = 8,
            Threads = 1,
        }.ToJson());
        foreach (var name in (string[])["run", "unbroken", "first", "last"])
        {
            Directory.CreateDirectory(_folder.File(name));
        }

        // A checkpoint of this network takes 2.4 MB: one fits, a second beside it does not. The mount is gone with its shell, so what counts is copied out.
        var (code, said) = await Shell(
            """
            train() { dotnet "$1" "$2/manifest.csv" --run "$3" --options "$2/options.json" --allow-leaking; }
            mount -t tmpfs -o size=4m tmpfs "$2/run" || exit 90
            train "$1" "$2" "$2/run" && exit 91
            ls "$2/run"
            cp -r "$2"/run/checkpoint-* "$2/first/" || exit 92
            mount -o remount,size=64m "$2/run" || exit 93
            train "$1" "$2" "$2/run" || exit 94
            cp -r "$2"/run/checkpoint-* "$2/last/" || exit 95
            train "$1" "$2" "$2/unbroken" || exit 96
            """,
            Path.Combine(AppContext.BaseDirectory, "Train.dll"),
            Path.GetDirectoryName(manifest)!);
        Assert.True(code == 0, said);
        Assert.Contains("Make room, then start the run again", said, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", said, StringComparison.Ordinal);
        Assert.Single(Directory.GetDirectories(_folder.File("first")));
        var (whole, broken) = (Assert.Single(Directory.GetDirectories(_folder.File("unbroken"), "checkpoint-*")), Assert.Single(Directory.GetDirectories(_folder.File("last"))));
        foreach (var file in (string[])["network.weights", "average.weights", "optimizer.state", "best.weights"])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(broken, file)));
        }
    }

    // A mount name space of its own needs no rights on most systems, and takes its mounts along when the shell ends.
    private static async Task<(int Code, string Said)> Shell(string script, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo("unshare", ["--map-root-user", "--mount", "bash", "-c", script, "bash", .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            using var limit = new CancellationTokenSource(Limit);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await errors);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
