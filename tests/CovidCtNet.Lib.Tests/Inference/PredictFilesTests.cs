using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Tests.Inference;

/// <summary>Files keep their order, none is lost, an ill one stops no other, and no more are read ahead than stated.</summary>
public sealed class PredictFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("predict-files-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Results_come_in_order_with_errors_in_their_places()
    {
        var paths = Slices(11);
        paths.Insert(3, Write("text.png", "no image"u8.ToArray()));
        paths.Insert(0, Path.Combine(_folder.FullName, "missing.png"));
        paths.Add(Write("empty.png", []));
        paths.Add("");
        using var model = TestModels.LoadMean(new CovidCtModelOptions { BatchSize = 4 });
        var reports = new List<CtFileProgress>();
        var results = await Collect(model.PredictFilesAsync(paths, new Direct(reports.Add), TestContext.Current.CancellationToken));

        Assert.Equal(paths, results.Select(r => r.Path));
        Assert.Equal([0, 4, 13, 14], results.Index().Where(r => !r.Item.IsSuccess).Select(r => r.Index));
        Assert.IsType<FileNotFoundException>(results[0].Error);
        Assert.IsType<CtImageUnknownFormatException>(results[4].Error);
        Assert.IsType<CtImageEmptyException>(results[13].Error);
        Assert.IsAssignableFrom<ArgumentException>(results[14].Error);
        foreach (var result in results.Where(r => r.IsSuccess))
        {
            Assert.Equal(model.Predict(CtImage.Load(result.Path)).Logit, result.Prediction!.Logit, 1e-6);
        }

        Assert.Equal(Enumerable.Range(1, 15), reports.Select(r => r.Completed));
        Assert.Equal(new CtFileProgress(15, 4, 15), reports[^1]);
    }

    [Fact]
    public async Task Reading_ahead_is_bounded_and_stops_with_the_reader()
    {
        var path = Slices(1)[0];
        var taken = 0;
        IEnumerable<string> Endless()
        {
            while (true)
            {
                taken++;
                yield return path;
            }
        }

        using var model = TestModels.LoadMean(new CovidCtModelOptions { BatchSize = 3 });
        var seen = 0;
        await foreach (var result in model.PredictFilesAsync(Endless(), null, TestContext.Current.CancellationToken))
        {
            Assert.True(result.IsSuccess);
            if (++seen == 4)
            {
                break;
            }
        }

        // The fourth result is of the second batch; while it ran the third was being read, and no more.
        Assert.InRange(taken, 4, 12);
    }

    [Fact]
    public async Task Cancellation_ends_the_run()
    {
        using var model = TestModels.LoadMean(new CovidCtModelOptions { BatchSize = 1 });
        using var cancel = new CancellationTokenSource();
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var result in model.PredictFilesAsync(Slices(6), null, cancel.Token))
            {
                seen += result.IsSuccess ? 1 : 0;
                await cancel.CancelAsync();
            }
        });
        Assert.Equal(1, seen);
    }

    [Fact]
    public async Task Nothing_but_ill_files_is_fine_and_no_files_at_all_too()
    {
        using var model = TestModels.LoadMean();
        Assert.Empty(await Collect(model.PredictFilesAsync([], null, TestContext.Current.CancellationToken)));
        var results = await Collect(model.PredictFilesAsync(["a", "b"], null, TestContext.Current.CancellationToken));
        Assert.Equal(["a", "b"], results.Select(r => r.Path));
        Assert.All(results, r => Assert.IsType<FileNotFoundException>(r.Error));
    }

    private static async Task<List<CtFileResult>> Collect(IAsyncEnumerable<CtFileResult> results)
    {
        var list = new List<CtFileResult>();
        await foreach (var result in results)
        {
            list.Add(result);
        }

        return list;
    }

    private List<string> Slices(int count)
    {
        var paths = new List<string>();
        for (var i = 0; i < count; i++)
        {
            var path = Path.Combine(_folder.FullName, $"{i:000}.png");
            TestModels.Flat((byte)(i * 20)).SavePng(path);
            paths.Add(path);
        }

        return paths;
    }

    private string Write(string name, byte[] bytes)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    /// <summary>Reports at once, where <see cref="Progress{T}"/> would post.</summary>
    private sealed class Direct(Action<CtFileProgress> report) : IProgress<CtFileProgress>
    {
        public void Report(CtFileProgress value) => report(value);
    }
}
