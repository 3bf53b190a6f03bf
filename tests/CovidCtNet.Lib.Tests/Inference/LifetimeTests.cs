using System.Diagnostics;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Tests.Inference;

/// <summary>A model may be disposed or cancelled at any moment, from any thread; the process survives and the error is typed.</summary>
public class LifetimeTests
{
    [Fact]
    public async Task Disposal_under_load_from_eight_threads_is_an_ObjectDisposedException()
    {
        var graph = TestModels.ConvGraph(32, 4);
        var bytes = TestModels.Bytes(graph, TestModels.Contract(graph, 32));
        var image = CtPhantom.Create(1, new CtPhantomOptions { Width = 64, Height = 64 }).Image;
        for (var round = 0; round < 10; round++)
        {
            var model = TestModels.Load(bytes, new CovidCtModelOptions { IntraOpThreads = 1 });
            using var running = new CountdownEvent(8);
            var workers = Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    var first = true;
                    while (true)
                    {
                        try
                        {
                            Assert.True(double.IsFinite(model.Predict(image).Logit));
                        }
                        catch (ObjectDisposedException)
                        {
                            return !first;
                        }

                        if (first)
                        {
                            first = false;
                            running.Signal();
                        }
                    }
                },
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)).ToArray();
            running.Wait(TestContext.Current.CancellationToken);
            model.Dispose();
            model.Dispose();
            Assert.All(await Task.WhenAll(workers), Assert.True);
        }
    }

    [Fact]
    public async Task Use_after_disposal_throws_on_every_path()
    {
        var model = TestModels.LoadMean();
        var stream = model.Predict(Enumerable.Repeat(TestModels.Flat(1), 3));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Predict(TestModels.Flat(1)));
        Assert.Throws<ObjectDisposedException>(() => model.Predict([TestModels.Flat(1)]));
        Assert.Throws<ObjectDisposedException>(() => stream.ToArray());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () =>
        {
            await foreach (var result in model.PredictFilesAsync(["none.png"], null, TestContext.Current.CancellationToken))
            {
                Assert.Fail(result.Path);
            }
        });
    }

    [Fact]
    public void Cancelled_before_the_start_runs_nothing()
    {
        using var model = TestModels.LoadMean();
        var cancelled = new CancellationToken(canceled: true);
        Assert.ThrowsAny<OperationCanceledException>(() => model.Predict(TestModels.Flat(1), cancelled));
        Assert.ThrowsAny<OperationCanceledException>(() => model.Predict([TestModels.Flat(1)], cancelled));
    }

    [Fact]
    public void Cancellation_ends_a_run_under_way()
    {
        // One thread and 120 convolutions take tens of milliseconds on any machine. Only a run that was ended between two of them has
        // ONNX Runtime's own exception inside; how soon to cancel for that depends on the machine.
        using var model = TestModels.LoadConv(160, 120, new CovidCtModelOptions { IntraOpThreads = 1 });
        var image = CtPhantom.Create(1).Image;
        Assert.IsType<OnnxRuntimeException>(CancelledRuns.InnerException(token => model.Predict(image, token)));

        // The session is as good as new.
        Assert.True(double.IsFinite(model.Predict(image, CancellationToken.None).Logit));
    }

    [Fact]
    public void Cancellation_between_batches_is_honoured()
    {
        using var model = TestModels.LoadMean(new CovidCtModelOptions { BatchSize = 1 });
        using var cancel = new CancellationTokenSource();
        IEnumerable<CtImage> Source()
        {
            yield return TestModels.Flat(1);
            cancel.Cancel();
            yield return TestModels.Flat(2);
        }

        var seen = 0;
        Assert.ThrowsAny<OperationCanceledException>(() =>
        {
            foreach (var prediction in model.Predict(Source(), cancel.Token))
            {
                seen++;
                Debug.Assert(prediction is not null);
            }
        });
        Assert.Equal(1, seen);
    }

    [Fact]
    public void Models_that_are_never_disposed_are_collected_without_a_crash()
    {
        for (var i = 0; i < 3; i++)
        {
            Forget();
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget() => Assert.True(double.IsFinite(TestModels.LoadMean().Predict(TestModels.Flat(1)).Logit));
    }
}
