using System.Diagnostics;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Tests.Data;

namespace CovidCtNet.Lib.Training.Tests.Runs;

/// <summary>The Train sample as a process of its own, killed at random moments: SIGKILL leaves it no chance to tidy up.</summary>
public sealed class KilledRunTests : IDisposable
{
    // A longer campaign: COVIDCTNET_KILLS=40 dotnet test --filter KilledRunTests
    private static readonly int Kills = int.TryParse(Environment.GetEnvironmentVariable("COVIDCTNET_KILLS"), out var kills) ? kills : 4;
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_killed_at_random_moments_ends_with_the_weights_of_an_unbroken_one()
    {
        var manifest = SyntheticSlices.Write(_folder, 20);
        File.WriteAllText(_folder.File("options.json"), new TrainingOptions
        {
            Network = new NetworkOptions { Width = 0.0625, InputHeight = 48, InputWidth = 48 },
            Preprocessing = new CtPreprocessing { Width = 48, Height = 48, Mean = 0.5f, StandardDeviation = 0.25f },
            Epochs = 3 * Kills,
            BatchSize = 8,
            Mixup = 0.2,
            Threads = 1,
        }.ToJson());
        Assert.Equal(0, await Train(manifest, "unbroken", null));

        // The moments are measured from the first sign of life in the run folder, so that they fall into the training and not the start.
        var random = new Random(20);
        var killed = 0;
        for (var i = 0; i < Kills; i++)
        {
            killed += await Train(manifest, "killed", TimeSpan.FromSeconds(0.1 + (2.5 * random.NextDouble()))) == 0 ? 0 : 1;
        }

        Assert.Equal(0, await Train(manifest, "killed", null));
        Assert.True(killed > 0, "no process was killed before its end: the test proves nothing");
        var (whole, broken) = (Newest("unbroken"), Newest("killed"));
        foreach (var file in (string[])["network.weights", "average.weights", "optimizer.state", "best.weights"])
        {
            Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(broken, file)));
        }

        Assert.Empty(Directory.GetDirectories(_folder.File("killed"), "writing-*"));
    }

    private string Newest(string run) => Assert.Single(Directory.GetDirectories(_folder.File(run), "checkpoint-*"));

    private async Task<int> Train(string manifest, string run, TimeSpan? killAfter)
    {
        var begun = Directory.Exists(_folder.File(run)) ? Directory.GetLastWriteTimeUtc(_folder.File(run)) : DateTime.MinValue;
        using var process = Process.Start(new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "Train.dll"), manifest, "--run", _folder.File(run), "--options", _folder.File("options.json"), "--allow-leaking" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Limit);
        if (killAfter is { } delay)
        {
            while (!process.HasExited && !(Directory.Exists(_folder.File(run)) && Directory.GetLastWriteTimeUtc(_folder.File(run)) > begun))
            {
                await Task.Delay(20, limit.Token);
            }

            await Task.Delay(delay, limit.Token);
            process.Kill();
        }

        await process.WaitForExitAsync(limit.Token);
        var said = await output + await errors;
        Assert.True(killAfter is not null || process.ExitCode == 0, said);
        return process.ExitCode;
    }
}
