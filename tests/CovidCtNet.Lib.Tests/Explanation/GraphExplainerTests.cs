using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Tests.Inference;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>Maps of whole graphs equal what is known of them in another way, for each method, class and batch.</summary>
public class GraphExplainerTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Grad_CAM_of_a_pooled_network_is_the_class_activation_map_of_its_head(int targetClass)
    {
        // Selvaraju et al. 2017, section 3: for global average pooling and one dense layer Grad-CAM is CAM (Zhou et al. 2016), whose weights
        // are those of the class; the gradient of the mean brings 1/Z.
        var graph = ExplainerModels.Network();
        var image = ExplainerModels.Slice(1);
        using var explainer = GraphExplainer.FromGraph(graph, ExplainerModels.Preprocessing);
        Assert.Equal("last", explainer.DefaultTargetLayer);
        var map = explainer.Explain(image, AttentionMethod.GradCam, new ExplainOptions { TargetClass = targetClass });
        var features = TestRuntime.Run(graph, "last", ExplainerModels.Preprocessing.Apply(image), [1, 1, 16, 16]);
        var head = graph.FindInitializer("head")!.ToSingles();
        Assert.Equal((8, 8), (map.RawWidth, map.RawHeight));
        for (var i = 0; i < 64; i++)
        {
            var expected = Enumerable.Range(0, 8).Sum(k => head[(k * 3) + targetClass] * features[(k * 64) + i]) / 64.0;
            Assert.Equal(expected, map.RawValues[i], 1e-5);
        }
    }

    [Fact]
    public void Scores_are_taken_before_the_softmax_and_the_highest_class_is_explained()
    {
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing, options: new() { ClassNames = ["a", "b", "c"] });
        var image = ExplainerModels.Slice(2);
        var probabilities = TestRuntime.Run(ExplainerModels.Network(), "probabilities", ExplainerModels.Preprocessing.Apply(image), [1, 1, 16, 16]);
        var best = probabilities.Index().MaxBy(p => p.Item).Index;
        var source = explainer.Explain(image).Source;
        Assert.Equal((best, "abc"[best].ToString()), (source.ClassIndex!.Value, source.ClassName));
        Assert.Equal(probabilities[best], source.Probability!.Value, 1e-5);
        Assert.Equal(("fused-grad-cam", "last", "small"), (source.Method, source.TargetLayer, source.ModelName));
    }

    [Theory]
    [InlineData(8)]
    [InlineData(7)]
    [InlineData(11)]
    public void Slices_of_a_batch_in_lanes_have_the_maps_they_have_alone(int count)
    {
        // Two threads take a part of the batch each; the classes explained differ between slices, and the last part may not be full.
        AttentionMethod[] methods = [AttentionMethod.GradCam, AttentionMethod.LayerCam, AttentionMethod.InputGradient, AttentionMethod.SmoothGrad, AttentionMethod.Occlusion];
        var images = Enumerable.Range(0, count).Select(i => ExplainerModels.Slice(i)).ToArray();
        var options = new ExplainOptions { SmoothGradSamples = 15 };
        using var lanes = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing, options: new() { Runtime = new() { IntraOpThreads = 2 } });
        using var alone = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing, options: new() { Runtime = new() { IntraOpThreads = 1, BatchSize = 1 } });
        var maps = lanes.Explain(images, methods, options);
        for (var i = 0; i < count; i++)
        {
            var expected = alone.Explain([images[i]], methods, options)[0];
            for (var m = 0; m < methods.Length; m++)
            {
                Assert.Equal(expected[m].Source.ClassIndex, maps[i][m].Source.ClassIndex);
                for (var p = 0; p < expected[m].RawValues.Length; p++)
                {
                    // Single precision, values below 10, sums in another order.
                    Assert.Equal(expected[m].RawValues[p], maps[i][m].RawValues[p], 1e-5);
                }
            }
        }

        Assert.True(maps.Select(m => m[0].Source.ClassIndex).Distinct().Count() > 1, "The slices must be of several classes.");
    }

    [Fact]
    public void A_network_of_channels_last_has_the_maps_of_the_same_network_with_channels_first()
    {
        var image = ExplainerModels.Slice(4);
        using var first = GraphExplainer.FromGraph(ExplainerModels.Network(channels: 3), ExplainerModels.Preprocessing);
        using var last = GraphExplainer.FromGraph(ExplainerModels.Network(channels: 3, channelsLast: true), ExplainerModels.Preprocessing);
        Assert.Equal(first.TargetLayers, last.TargetLayers);
        foreach (var method in (AttentionMethod[])[AttentionMethod.GradCam, AttentionMethod.InputGradient, AttentionMethod.Occlusion])
        {
            Assert.Equal(first.Explain(image, method).RawValues, last.Explain(image, method).RawValues);
        }
    }

    [Fact]
    public void An_operator_without_a_shape_rule_before_the_scores_is_named_with_its_node()
    {
        var builder = new OnnxGraphBuilder("odd network");
        var pooled = builder.Flatten(builder.GlobalAveragePool(builder.Input("x", ["N", 1, 16, 16])));
        var graph = builder.Build(builder.Node("Frobnicate", [pooled], name: "odd"));
        var error = Assert.Throws<ExplanationException>(() => GraphExplainer.FromGraph(graph, ExplainerModels.Preprocessing));
        Assert.Contains("'odd'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Frobnicate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_graph_that_fails_when_it_runs_is_named()
    {
        // Its sizes fit a batch of one only, which it does not say.
        var builder = new OnnxGraphBuilder("one row");
        var x = builder.Relu(builder.Input("x", ["N", 1, 16, 16]), "relu");
        var rows = builder.Node("Reshape", [builder.GlobalAveragePool(x), builder.Initializer<long>("shape", [1, 1], 2)]);
        var graph = builder.Build(builder.Gemm(rows, builder.Initializer<float>("w", [1f, 2f], 1, 2), name: "logits"));
        using var explainer = GraphExplainer.FromGraph(graph, ExplainerModels.Preprocessing, options: new() { Runtime = new() { IntraOpThreads = 1 } });
        var error = Assert.Throws<ExplanationException>(
            () => explainer.Explain([ExplainerModels.Slice(1), ExplainerModels.Slice(2)], [AttentionMethod.GradCam], new ExplainOptions { TargetClass = 1 }));
        Assert.StartsWith("one row cannot be run", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Input_gradients_equal_finite_differences()
    {
        var graph = ExplainerModels.Network(softmax: false);
        var image = ExplainerModels.Slice(3);
        using var explainer = GraphExplainer.FromGraph(graph, ExplainerModels.Preprocessing);
        var map = explainer.Explain(image, AttentionMethod.InputGradient, new ExplainOptions { TargetClass = 1 });
        var input = ExplainerModels.Preprocessing.Apply(image);
        foreach (var pixel in (int[])[0, 17, 100, 136, 255])
        {
            // Central differences in float32 over steps of 0.01: rounding of 1e-7 over 0.02, and kinks of the ReLU are rare at this size.
            double At(float step)
            {
                var moved = (float[])input.Clone();
                moved[pixel] += step;
                return TestRuntime.Run(graph, "logits", moved, [1, 1, 16, 16])[1];
            }

            Assert.Equal((At(0.01f) - At(-0.01f)) / 0.02, map.RawValues[pixel], 2e-4);
        }
    }

    [Theory]
    [InlineData(GradientBaseline.Black)]
    [InlineData(GradientBaseline.Mean)]
    public void Integrated_gradients_add_up_to_the_difference_of_the_score(GradientBaseline baseline)
    {
        // Completeness (Sundararajan et al. 2017, proposition 1).
        var graph = ExplainerModels.Network(softmax: false);
        var image = ExplainerModels.Slice(4);
        using var explainer = GraphExplainer.FromGraph(graph, ExplainerModels.Preprocessing);
        var map = explainer.Explain(image, AttentionMethod.IntegratedGradients, new ExplainOptions { TargetClass = 2, Baseline = baseline, IntegrationSteps = 200 });
        var input = ExplainerModels.Preprocessing.Apply(image);
        var start = Enumerable.Repeat(baseline == GradientBaseline.Black ? -0.5f : input.Average(), 256).ToArray();
        var difference = TestRuntime.Run(graph, "logits", input, [1, 1, 16, 16])[2] - TestRuntime.Run(graph, "logits", start, [1, 1, 16, 16])[2];
        Assert.Equal(difference, map.RawValues.ToArray().Sum(), 2e-3);
    }

    [Fact]
    public void Smooth_grad_nears_the_plain_gradient_as_the_noise_vanishes_and_repeats_with_its_seed()
    {
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing);
        var image = ExplainerModels.Slice(5);
        var plain = explainer.Explain(image, AttentionMethod.InputGradient).RawValues.ToArray();
        float[] Smooth(double noise, int seed) =>
            explainer.Explain(image, AttentionMethod.SmoothGrad, new ExplainOptions { SmoothGradNoise = noise, SmoothGradSamples = 9, Seed = seed }).RawValues.ToArray();
        Assert.All(plain.Zip(Smooth(1e-6, 1)), p => Assert.Equal(p.First, p.Second, 1e-4f));
        Assert.Equal(Smooth(0.2, 1), Smooth(0.2, 1));
        Assert.NotEqual(Smooth(0.2, 1), Smooth(0.2, 2));
    }

    [Fact]
    public void A_batch_gives_the_maps_of_its_slices_one_by_one()
    {
        var methods = Enum.GetValues<AttentionMethod>().Where(m => m != AttentionMethod.AttentionMask).ToArray();
        var options = new ExplainOptions { SmoothGradSamples = 3, IntegrationSteps = 5, Occlusion = new() { PatchSize = 5, Stride = 3 } };
        CtImage[] images = [ExplainerModels.Slice(6), ExplainerModels.Slice(7, 20, 12), ExplainerModels.Slice(8), ExplainerModels.Slice(9), ExplainerModels.Slice(10)];
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing, options: new() { Runtime = new() { BatchSize = 3 } });
        var batch = explainer.Explain(images, methods, options);
        for (var i = 0; i < images.Length; i++)
        {
            for (var m = 0; m < methods.Length; m++)
            {
                var alone = explainer.Explain(images[i], methods[m], options);
                Assert.Equal(alone.Source.ClassIndex, batch[i][m].Source.ClassIndex);
                Assert.All(alone.RawValues.ToArray().Zip(batch[i][m].RawValues.ToArray()), p => Assert.Equal(p.First, p.Second, 1e-5f));
            }
        }
    }

    [Fact]
    public void Three_channels_and_a_fixed_batch_of_one_are_fed()
    {
        using var explainer = GraphExplainer.FromGraph(
            ExplainerModels.Network(batch: 1, channels: 3),
            ExplainerModels.Preprocessing,
            options: new() { Channels = [new(0.485f, 0.229f), new(0.456f, 0.224f), new(0.406f, 0.225f)] });
        var image = ExplainerModels.Slice(11);
        var intensity = (ExplainerModels.Preprocessing with { Mean = 0, StandardDeviation = 1 }).Apply(image);
        float[] input = [.. intensity.Select(v => (v - 0.485f) / 0.229f), .. intensity.Select(v => (v - 0.456f) / 0.224f), .. intensity.Select(v => (v - 0.406f) / 0.225f)];
        var expected = TestRuntime.Run(ExplainerModels.Network(batch: 1, channels: 3), "probabilities", input, [1, 3, 16, 16]);
        var maps = explainer.Explain([image, image], [AttentionMethod.GradCam, AttentionMethod.Occlusion], new ExplainOptions { TargetClass = 0 });
        Assert.Equal(expected[0], maps[1][0].Source.Probability!.Value, 1e-5);
        Assert.Equal(expected[0], maps[1][1].Source.Probability!.Value, 1e-5);
    }

    [Fact]
    public void Layers_are_listed_and_unknown_ones_refused_with_their_names()
    {
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing);
        Assert.Equal(["conv1", "relu1", "conv2", "last"], explainer.TargetLayers.Select(l => l.Name));
        Assert.Equal(new TargetLayer("last", "Relu", 8, 8, 8), explainer.TargetLayers[^1]);
        var error = Assert.Throws<ExplanationException>(() => explainer.Explain(ExplainerModels.Slice(1), options: new ExplainOptions { TargetLayer = "layer4" }));
        Assert.Contains("last", error.Message, StringComparison.Ordinal);
        Assert.Throws<ExplanationException>(() => GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing, "logits"));
        Assert.Throws<ExplanationException>(() => explainer.Explain(ExplainerModels.Slice(1), options: new ExplainOptions { TargetClass = 3 }));
        Assert.Throws<ExplanationException>(() => explainer.Explain(ExplainerModels.Slice(1), AttentionMethod.AttentionMask));
    }

    [Fact]
    public void Files_that_do_not_fit_are_refused_with_the_reason()
    {
        var wrongSize = ExplainerModels.Preprocessing with { Width = 20 };
        Assert.Contains("width", Assert.Throws<ExplanationException>(() => GraphExplainer.FromGraph(ExplainerModels.Network(), wrongSize)).Message, StringComparison.Ordinal);
        Assert.Throws<ExplanationException>(() => GraphExplainer.FromGraph(ExplainerModels.Network(batch: 4), ExplainerModels.Preprocessing));
        Assert.Throws<ExplanationException>(() => GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing, options: new() { ClassNames = ["a"] }));
        Assert.Throws<ExplanationException>(() => GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing, options: new() { ScoreTensor = "no" }));
        using var folder = new TemporaryFile();
        File.WriteAllBytes(folder["cut.onnx"], ExplainerModels.Network().ToArray()[..^40]);
        Assert.Throws<OnnxFormatException>(() => GraphExplainer.FromOnnx(folder["cut.onnx"], ExplainerModels.Preprocessing));
    }

    [Fact]
    public void A_disposed_explainer_and_a_cancelled_call_say_so()
    {
        var explainer = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => explainer.Explain(ExplainerModels.Slice(1), AttentionMethod.Occlusion, cancellationToken: cancelled.Token));
        explainer.Dispose();
        explainer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => explainer.Explain(ExplainerModels.Slice(1), options: new ExplainOptions { TargetClass = 0 }));
    }

    [Fact]
    public void A_model_explains_its_positive_class_by_its_own_contract()
    {
        using var model = TestModels.LoadConv(32, 3);
        var image = CtPhantom.Create(1, new CtPhantomOptions { Opacities = 3 }).Image;
        var map = model.Explain(image, AttentionMethod.LayerCam);
        Assert.Equal((1, "COVID", "1.2.3"), (map.Source.ClassIndex!.Value, map.Source.ClassName, map.Source.ModelVersion));
        Assert.Equal(model.Predict(image).Probability, map.Source.Probability!.Value, 1e-6);
        Assert.Equal((image.Width, image.Height), (map.Width, map.Height));

        // The opposite class has the opposite log-odds, and with one logit the opposite gradient.
        var other = model.Explain(image, AttentionMethod.GradCam, new ExplainOptions { TargetClass = 0 });
        var positive = model.Explain(image, AttentionMethod.GradCam);
        Assert.All(other.RawValues.ToArray().Zip(positive.RawValues.ToArray()), p => Assert.Equal(p.First, -p.Second, 1e-6f));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Explain(image));
    }

    [Fact]
    public void No_map_is_kept_once_it_is_dropped()
    {
        using var explainer = GraphExplainer.FromGraph(ExplainerModels.Network(), ExplainerModels.Preprocessing);
        var map = Make();
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        Assert.False(map.IsAlive);

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        WeakReference Make() => new(explainer.Explain(ExplainerModels.Slice(1)));
    }
}
