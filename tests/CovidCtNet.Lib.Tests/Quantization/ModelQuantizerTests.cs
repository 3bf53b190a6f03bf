using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Quantization;
using CovidCtNet.Lib.Tests.Inference;

namespace CovidCtNet.Lib.Tests.Quantization;

/// <summary>An 8-bit model is a whole model: contract, hash and values; and what cannot be quantised is refused.</summary>
public class ModelQuantizerTests
{
    private const int Side = 32;

    private static CtImage[] Slices(int count) => [.. Enumerable.Range(0, count).Select(i => CtPhantom.Create(i).Image)];

    [Fact]
    public void Contract_is_carried_over_with_precision_source_and_a_hash_that_holds()
    {
        using var model = TestModels.LoadConv(Side, 4);
        var quantized = ModelQuantizer.Quantize(model, Slices(6));

        Assert.Equal(ModelPrecision.Int8, quantized.Contract.Precision);
        Assert.Equal(model.Contract.WeightsSha256, quantized.Contract.Quantization!.SourceWeightsSha256);
        Assert.Equal("Percentile 99.999 over 6 slices", quantized.Contract.Quantization.Calibration);
        Assert.Equal(1, quantized.Contract.Quantization.LayersInFloat);
        Assert.Empty(quantized.Contract.Metrics);
        Assert.Equal(model.Contract.Preprocessing, quantized.Contract.Preprocessing);
        Assert.Equal(model.Contract.Threshold, quantized.Contract.Threshold);

        // Loading checks the hash of the weights.
        using var loaded = quantized.Load();
        Assert.Equal(quantized.Contract.ToJson(), loaded.Contract.ToJson());
    }

    [Fact]
    public void Logits_stay_near_those_of_the_float_model()
    {
        using var model = TestModels.LoadConv(Side, 4);
        var quantized = ModelQuantizer.Quantize(model, Slices(8));
        using var loaded = quantized.Load();
        var others = Enumerable.Range(100, 8).Select(i => CtPhantom.Create(i).Image).ToArray();
        var exact = model.Predict(others).Select(p => p.Logit).ToArray();
        var rounded = loaded.Predict(others).Select(p => p.Logit).ToArray();

        // Four layers of 8 bits: each adds noise of some 1/255 of the range; 5 % of the logits' size leaves an order for unlucky weights.
        var size = exact.Max(Math.Abs);
        Assert.All(exact.Zip(rounded), p => Assert.Equal(p.First, p.Second, 0.05 * size));
        Assert.NotEqual(exact, rounded);
    }

    [Fact]
    public void The_mean_error_of_the_logit_is_taken_out()
    {
        var graph = TestModels.ConvGraph(Side, 4, bias: 0.5f);
        using var model = TestModels.Load(TestModels.Bytes(graph, TestModels.Contract(graph, Side)));
        var slices = Slices(12);

        // A twentieth of the values is cut off, so that there is an error to see.
        var clipped = QuantizationOptions.Default with { Percentile = 95 };
        var corrected = MeanError(clipped);
        var plain = MeanError(clipped with { CorrectBiases = false });

        // With another order of a sum, a value between two steps of 8 bits may fall to either: a few percent of the error are left.
        Assert.True(Math.Abs(corrected) < Math.Abs(plain) / 10, $"The mean error is {corrected} in place of {plain}.");

        double MeanError(QuantizationOptions options)
        {
            using var quantized = ModelQuantizer.Quantize(model, slices, new ModelQuantizationOptions { Graph = options }).Load();
            return slices.Average(slice => quantized.Predict(slice).Logit - model.Predict(slice).Logit);
        }
    }

    [Fact]
    public void Layers_report_their_noise_and_the_most_sensitive_stay_in_float()
    {
        using var model = TestModels.LoadConv(Side, 4);
        var quantized = ModelQuantizer.Quantize(model, Slices(4), new ModelQuantizationOptions { FloatLayersBySensitivity = 1, MeasuredSlices = 3 });

        var sensitive = Assert.Single(quantized.Layers, l => l.Reason == "most sensitive");
        Assert.Equal(quantized.Layers.Max(l => l.LogitError), sensitive.LogitError);
        Assert.Equal(4, quantized.Layers.Count(l => l.LogitError is not null));
        Assert.All(quantized.Layers.Where(l => l.IsQuantized && l.OpType == "Conv"), l => Assert.InRange(l.SignalToNoise!.Value, 15, 80));
        Assert.Equal(2, quantized.Contract.Quantization!.LayersInFloat);
    }

    [Fact]
    public void Half_precision_keeps_logits_and_says_what_it_is()
    {
        using var model = TestModels.LoadConv(Side, 4);
        using var half = ModelQuantizer.ToHalfPrecision(model).Load();
        Assert.Equal(ModelPrecision.Float16, half.Contract.Precision);
        Assert.Equal(model.Contract.WeightsSha256, half.Contract.Quantization!.SourceWeightsSha256);
        var slices = Slices(4);

        // Rounding to 11 bits (5e-4) in each of four layers, on logits of this size.
        var size = model.Predict(slices).Max(p => Math.Abs(p.Logit));
        Assert.All(model.Predict(slices).Zip(half.Predict(slices)), p => Assert.Equal(p.First.Logit, p.Second.Logit, 0.005 * size));
        Assert.Throws<ArgumentException>(() => ModelQuantizer.ToHalfPrecision(half));
    }

    [Fact]
    public void Metrics_are_those_measured_on_it_and_survive_saving()
    {
        using var model = TestModels.LoadConv(Side, 2);
        var metric = model.Contract.Metrics[0] with { Set = "validation" };
        var path = Path.Combine(Directory.CreateTempSubdirectory("covidctnet-").FullName, "model.int8.onnx");
        try
        {
            ModelQuantizer.Quantize(model, Slices(2)).WithMetrics([metric]).Save(path);
            using var loaded = CovidCtModel.Load(path);
            Assert.Equal([metric], loaded.Contract.Metrics);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }

    [Fact]
    public void Changed_weights_of_a_quantised_model_are_refused()
    {
        using var model = TestModels.LoadConv(Side, 2);
        var graph = OnnxGraph.Load(new MemoryStream(ModelQuantizer.Quantize(model, Slices(2)).ToArray()));
        var weight = graph.Initializers.First(i => i.ElementType == OnnxElementType.Int8 && i.Dimensions.Count == 4);
        var bytes = weight.GetBytes().ToArray();
        bytes[0] ^= 1;
        graph.SetInitializer(OnnxTensor.Create<sbyte>(weight.Name, [.. bytes.Select(b => (sbyte)b)], [.. weight.Dimensions]));
        Assert.Throws<CovidCtModelWeightsException>(() => TestModels.Load(graph.ToArray()));
    }

    [Fact]
    public void What_cannot_be_quantised_is_refused()
    {
        using var model = TestModels.LoadConv(Side, 2);
        Assert.Throws<ArgumentException>(() => ModelQuantizer.Quantize(model, []));
        using var quantized = ModelQuantizer.Quantize(model, Slices(2)).Load();
        Assert.Throws<ArgumentException>(() => ModelQuantizer.Quantize(quantized, Slices(2)));
        Assert.Contains("float32", Assert.Throws<ExplanationException>(() => quantized.Explain(Slices(1)[0])).Message, StringComparison.Ordinal);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => ModelQuantizer.Quantize(model, Slices(2), cancellationToken: cancelled.Token));
    }

    [Fact]
    public void A_contract_that_hides_or_makes_up_its_source_does_not_hold()
    {
        var graph = TestModels.MeanGraph();
        var contract = TestModels.Contract(graph);
        Assert.Empty(contract.Validate());
        Assert.NotEmpty((contract with { Precision = ModelPrecision.Int8 }).Validate());
        Assert.NotEmpty((contract with { Quantization = new ModelQuantization { SourceWeightsSha256 = contract.WeightsSha256, Calibration = null, LayersInFloat = 0 } }).Validate());

        // Files from before there was a precision are in float32.
        var json = contract.ToJson().Replace("\"precision\":\"float32\",", "", StringComparison.Ordinal);
        Assert.DoesNotContain("precision", json, StringComparison.Ordinal);
        Assert.Equal(ModelPrecision.Float32, ModelContract.FromJson(json).Precision);
    }

    [Fact]
    public void Default_model_in_8_bits_was_made_of_the_float32_one()
    {
        var e = Record.Exception(() => DefaultModelLocator.Open(ModelPrecision.Int8).Dispose());
        Assert.SkipWhen(e is CovidCtDefaultModelException, $"The 8-bit default model is not part of this build: {e?.Message}");
        using var exact = CovidCtModel.LoadDefault();
        using var rounded = CovidCtModel.LoadDefault(new CovidCtModelOptions { Precision = ModelPrecision.Int8 });
        Assert.True(
            rounded.Contract.Quantization!.SourceWeightsSha256 == exact.Contract.WeightsSha256,
            "covid-ct.int8.onnx is not of covid-ct.onnx: run src/CovidCtNet.Lib.Model/quantize.sh and commit both.");
        Assert.Contains(rounded.Contract.Metrics, m => m is { Name: "agreement with float32", Value: >= 0.98 });
        Assert.Throws<CovidCtDefaultModelException>(() => CovidCtModel.LoadDefault(new CovidCtModelOptions { Precision = ModelPrecision.Float16 }));
    }
}
