using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Tests.Inference;

/// <summary>Batches that are split over threads give what single runs give, and end as other runs do.</summary>
public class BatchLanesTests
{
    [Theory]
    [InlineData(2, 8, 2, 4)]
    [InlineData(4, 8, 4, 2)]
    [InlineData(3, 8, 2, 4)]
    [InlineData(8, 8, 8, 1)]
    [InlineData(2, 9, 0, 0)]
    [InlineData(1, 8, 0, 0)]
    [InlineData(16, 8, 0, 0)]
    [InlineData(2, 1, 0, 0)]
    public void Lanes_divide_the_batch_and_keep_most_threads_busy(int threads, int batchSize, int count, int part)
    {
        using var lanes = Plan(new CovidCtModelOptions { IntraOpThreads = threads, BatchSize = batchSize });
        Assert.Equal(count, lanes?.Count ?? 0);
        Assert.Equal(part, lanes?.Part ?? 0);
    }

    [Fact]
    public void No_lanes_where_they_are_switched_off_or_a_gpu_works()
    {
        var options = new CovidCtModelOptions { IntraOpThreads = 2 };
        Assert.Null(Plan(options with { SplitBatches = false }));
        Assert.Null(BatchLanes.Plan(options, CtExecutionProvider.Cuda, static () => TestModels.MeanGraph(), null));
    }

    [Fact]
    public void A_batch_of_any_size_in_lanes_equals_single_runs()
    {
        using var model = TestModels.LoadConv(32, 4, new CovidCtModelOptions { BatchSize = 8, IntraOpThreads = 2 });
        using var plain = TestModels.LoadConv(32, 4, new CovidCtModelOptions { BatchSize = 8, IntraOpThreads = 2, SplitBatches = false });
        var images = Images(21);
        var single = images.Select(i => plain.Predict(i).Logit).ToArray();
        Assert.True(single.Distinct().Count() > 15, "The slices must tell an order apart.");
        foreach (var count in Enumerable.Range(1, images.Length))
        {
            var batch = model.Predict(images[..count]);
            for (var i = 0; i < count; i++)
            {
                // Sums of at most 144 products a layer, in another order: a few units in the last place of single precision.
                Assert.Equal(single[i], batch[i].Logit, 1e-5 * Math.Max(1, Math.Abs(single[i])));
            }
        }
    }

    [Fact]
    public void The_default_model_in_lanes_agrees_with_itself()
    {
        using var model = CovidCtModel.LoadDefault(new CovidCtModelOptions { IntraOpThreads = 2 });
        var images = Enumerable.Range(0, 8).Select(i => CtPhantom.Create(i).Image).ToArray();
        var batch = model.Predict(images);
        for (var i = 0; i < images.Length; i++)
        {
            // 107 normalisations fold into other sums than before: some 1e-6 of logits of up to 10.
            Assert.Equal(model.Predict(images[i]).Logit, batch[i].Logit, 5e-5);
        }
    }

    [Fact]
    public async Task Disposal_under_full_batches_is_an_ObjectDisposedException()
    {
        var images = Images(8);
        for (var round = 0; round < 5; round++)
        {
            var model = TestModels.LoadConv(32, 4, new CovidCtModelOptions { IntraOpThreads = 2 });
            using var running = new CountdownEvent(4);
            var workers = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    for (var runs = 0; ; runs++)
                    {
                        try
                        {
                            Assert.All(model.Predict(images), p => Assert.True(double.IsFinite(p.Logit)));
                        }
                        catch (ObjectDisposedException)
                        {
                            return runs > 0;
                        }

                        if (runs == 0)
                        {
                            running.Signal();
                        }
                    }
                },
                TestContext.Current.CancellationToken,
                TaskCreationOptions.LongRunning,
                TaskScheduler.Default)).ToArray();
            running.Wait(TestContext.Current.CancellationToken);
            model.Dispose();
            Assert.All(await Task.WhenAll(workers), Assert.True);
        }
    }

    [Fact]
    public void Cancellation_ends_all_lanes_under_way()
    {
        using var model = TestModels.LoadConv(96, 60, new CovidCtModelOptions { IntraOpThreads = 2 });
        var images = Images(8);
        model.Predict(images);
        Assert.IsType<OnnxRuntimeException>(CancelledRuns.InnerException(token => model.Predict(images, token)));
        Assert.All(model.Predict(images, CancellationToken.None), p => Assert.True(double.IsFinite(p.Logit)));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_bound_run_sees_what_is_in_its_input_when_it_runs(bool copies)
    {
        // With copies as on a GPU, where an input is copied when it is bound: every run has to bind it anew.
        using var session = new InferenceSession(TestModels.MeanGraph().ToArray());
        var (input, output) = (new float[2 * 16], new float[2]);
        using var from = OrtValue.CreateTensorValueFromMemory(input, [2, 1, 4, 4]);
        using var to = OrtValue.CreateTensorValueFromMemory(output, [2, 1]);
        using var options = new RunOptions();
        using var run = new BoundRun(session, ModelContract.InputName, from, ModelContract.LogitsName, to, copies);
        foreach (var mean in (float[])[0.25f, 0.5f, 1])
        {
            input.AsSpan(0, 16).Fill(mean);
            run.Run(options);
            Assert.Equal((4 * mean) - 1, output[0], 1e-6f);
            Assert.Equal(-1, output[1], 1e-6f);
        }
    }

    private static BatchLanes? Plan(CovidCtModelOptions options) => BatchLanes.Plan(options, CtExecutionProvider.Cpu, static () => TestModels.MeanGraph(), null);

    private static CtImage[] Images(int count) =>
        [.. Enumerable.Range(0, count).Select(i => CtPhantom.Create(i, new CtPhantomOptions { Width = 64, Height = 64 }).Image)];
}
