using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Tests.Inference;

/// <summary>Predictions against values worked out by hand; batches and threads against single runs.</summary>
public class PredictionTests
{
    [Theory]
    [InlineData(0, -1.0)]
    [InlineData(51, -0.2)]
    [InlineData(255, 3.0)]
    public void Logit_probability_and_label_are_as_worked_out(byte gray, double logit)
    {
        using var model = TestModels.LoadMean();
        var prediction = model.Predict(TestModels.Flat(gray));

        // Logit 4 m - 1 in single precision; temperature 2; threshold 0.6.
        Assert.Equal(logit, prediction.Logit, 1e-6);
        Assert.Equal(1 / (1 + Math.Exp(-logit / 2)), prediction.Probability, 1e-6);
        Assert.Equal(gray == 255, prediction.Label.IsPositive);
        Assert.Equal(gray == 255 ? "COVID" : "non-COVID", prediction.Label.ToString());
        Assert.Equal(0.6, prediction.Threshold);
        Assert.Equal("1.2.3", prediction.ModelVersion);
        Assert.Equal(CtExecutionProvider.Cpu, model.Provider);
    }

    [Fact]
    public void Label_is_positive_at_the_threshold_itself()
    {
        // m = 0.25 gives logit 0 and probability 0.5 without rounding.
        var graph = TestModels.MeanGraph();
        using var model = TestModels.Load(TestModels.Bytes(graph, TestModels.Contract(graph) with { Threshold = 0.5 }));
        var slice = CtImage.FromGray16([16384], 1, 1, maximumValue: 65535);
        var exact = CtImage.FromHounsfield([-975f], 1, 1, 1, 0);
        Assert.Equal(0.5, model.Predict(exact).Probability);
        Assert.True(model.Predict(exact).Label.IsPositive);
        Assert.True(model.Predict(slice).Probability > 0.5);
    }

    [Fact]
    public void Two_class_head_gives_the_difference()
    {
        var graph = TestModels.TwoClassGraph();
        using var model = TestModels.Load(TestModels.Bytes(graph, TestModels.Contract(graph, head: ModelHead.TwoClass)));
        Assert.Equal((2 * 0.4) + 0.5, model.Predict(TestModels.Flat(102)).Logit, 1e-6);
    }

    [Fact]
    public void Every_channel_gets_the_slice()
    {
        // Three channels weigh a third each: any channel left at zero would lower the logit.
        var graph = TestModels.MeanGraph(channels: 3);
        using var model = TestModels.Load(TestModels.Bytes(graph, TestModels.Contract(graph, channels: 3)));
        Assert.Equal(3.0, model.Predict(TestModels.Flat(255)).Logit, 1e-6);
        Assert.Equal(3.0, model.Predict([TestModels.Flat(0), TestModels.Flat(255)])[1].Logit, 1e-6);
    }

    [Fact]
    public void Batches_of_any_size_equal_single_runs()
    {
        using var model = TestModels.LoadConv(32, 4, new CovidCtModelOptions { BatchSize = 5 });
        var images = Enumerable.Range(0, 13).Select(i => CtPhantom.Create(i, new CtPhantomOptions { Width = 64, Height = 64 }).Image).ToArray();
        var batch = model.Predict(images);
        var lazily = model.Predict(images.Select(i => i)).ToArray();
        Assert.Equal(13, batch.Count);
        Assert.True(batch.Select(p => p.Logit).Distinct().Count() > 10, "The slices must tell an order apart.");
        for (var i = 0; i < images.Length; i++)
        {
            // Sums of at most 144 products a layer, in another order: a few units in the last place of single precision.
            var single = model.Predict(images[i]);
            Assert.Equal(single.Logit, batch[i].Logit, 1e-5 * Math.Max(1, Math.Abs(single.Logit)));
            Assert.Equal(batch[i].Logit, lazily[i].Logit, 1e-5 * Math.Max(1, Math.Abs(single.Logit)));
        }

        Assert.Empty(model.Predict(Array.Empty<CtImage>()));
    }

    [Fact]
    public void Threads_that_do_not_wait_busily_give_the_same_numbers()
    {
        using var busy = TestModels.LoadConv(32, 4);
        using var idle = TestModels.LoadConv(32, 4, new CovidCtModelOptions { WaitBusily = false });
        foreach (var seed in Enumerable.Range(0, 20))
        {
            var image = CtPhantom.Create(seed, new CtPhantomOptions { Width = 64, Height = 64 }).Image;
            Assert.Equal(busy.Predict(image).Logit, idle.Predict(image).Logit);
        }
    }

    [Fact]
    public void Many_threads_give_what_one_gives()
    {
        using var model = TestModels.LoadConv(32, 4);
        var images = Enumerable.Range(0, 8).Select(i => CtPhantom.Create(i, new CtPhantomOptions { Width = 64, Height = 64 }).Image).ToArray();
        var serial = images.Select(i => model.Predict(i).Logit).ToArray();
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => Assert.Equal(serial[i % 8], model.Predict(images[i % 8]).Logit));
    }

    /// <summary>
    /// The default network begins with a mean over the slice, whose last bit depended on where the input lay in memory: one of five
    /// predictions differed. Each of 16 threads has an input of its own, and so has each explanation.
    /// </summary>
    [Fact]
    public void Threads_give_what_one_gives_wherever_their_inputs_lie()
    {
        using var model = CovidCtModel.LoadDefault(new CovidCtModelOptions { IntraOpThreads = 1 });
        var images = Enumerable.Range(0, 4).Select(i => CtPhantom.Create(i).Image).ToArray();
        var serial = images.Select(i => model.Predict(i).Logit).ToArray();
        var maps = images.Select(i => model.Explain(i)).ToArray();

        var differing = 0;
        var threads = Enumerable.Range(0, 16).Select(t => new Thread(() =>
        {
            for (var i = 0; i < 12; i++)
            {
                var slice = (i + t) % images.Length;

                // An odd number of bytes, so that what comes next lies elsewhere.
                GC.KeepAlive(new byte[(t * 37) + i]);
                if (model.Predict(images[slice]).Logit != serial[slice] || (i == 0 && !model.Explain(images[slice]).RawValues.SequenceEqual(maps[slice].RawValues)))
                {
                    Interlocked.Increment(ref differing);
                }
            }
        })).ToArray();
        Array.ForEach(threads, t => t.Start());
        Array.ForEach(threads, t => t.Join());

        Assert.Equal(0, differing);
    }

    [Fact]
    public void Predict_makes_next_to_no_garbage()
    {
        using var model = TestModels.LoadMean();
        var image = CtPhantom.Create(1).Image;
        model.Predict(image);
        model.Predict(image);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++)
        {
            model.Predict(image);
        }

        // The result itself: no tensors, no planes, and nothing for a run, since input and output are bound once.
        Assert.InRange((GC.GetAllocatedBytesForCurrentThread() - before) / 20, 0, 500);
    }

    [Fact]
    public async Task Streaming_takes_no_more_than_a_batch_ahead()
    {
        using var model = TestModels.LoadMean(new CovidCtModelOptions { BatchSize = 4 });
        var taken = 0;
        IEnumerable<CtImage> Source()
        {
            while (true)
            {
                taken++;
                yield return TestModels.Flat((byte)taken);
            }
        }

        var stream = model.Predict(Source());
        Assert.Equal(0, taken);
        var five = stream.Take(5).ToArray();
        Assert.Equal(8, taken);
        Assert.Equal(five.Select(p => p.Logit).Order(), five.Select(p => p.Logit));

        async IAsyncEnumerable<CtImage> AsyncSource()
        {
            for (var i = 0; i < 10; i++)
            {
                await Task.Yield();
                yield return TestModels.Flat((byte)(10 * i));
            }
        }

        var logits = new List<double>();
        await foreach (var prediction in model.PredictAsync(AsyncSource(), TestContext.Current.CancellationToken))
        {
            logits.Add(prediction.Logit);
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(i => (4 * 10 * i / 255.0) - 1), logits, (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Logit_that_is_no_number_is_an_error_and_no_finding()
    {
        var broken = new OnnxGraphBuilder("nan");
        var input = broken.Input(ModelContract.InputName, ["N", 1, 4, 4]);
        var logits = broken.Gemm(
            broken.Flatten(broken.GlobalAveragePool(input)), broken.Initializer("w", (ReadOnlySpan<float>)[float.NaN], 1, 1), name: ModelContract.LogitsName);
        var bad = broken.Build(logits);
        using var model = TestModels.Load(TestModels.Bytes(bad, TestModels.Contract(bad)));
        var e = Assert.Throws<CovidCtModelOutputException>(() => model.Predict(TestModels.Flat(7)));
        Assert.Contains("flat 7", e.Message, StringComparison.Ordinal);
    }
}
