using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Studies;

namespace CovidCtNet.Lib.Training.Tests.Studies;

/// <summary>A rule is fitted on whole groups, tried on others, and sealed beside weights that stay as they are. The model's logit is 8 m - 4 for a flat slice of intensity m.</summary>
public sealed class SeriesRuleStudyTests : IDisposable
{
    private const int Side = 4;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Rule_is_fitted_tried_and_sealed()
    {
        var path = WriteModel();
        using var model = CovidCtModel.Load(path);
        SliceRecord[] fit = [.. Group("a", true, 150, 170, 90), .. Group("b", true, 120, 100, 140), .. Group("c", false, 60, 90, 110), .. Group("d", false, 100, 130, 80)];
        SliceRecord[] test = [.. Group("e", true, 180, 190, 160, 175), .. Group("f", false, 40, 50, 60)];

        var study = SeriesRuleStudy.Run(model, fit, test);

        // Newton's method on Platt's targets, written down apart: medians of three with two neighbours at the ends, mean of the highest three.
        double[] averages = [.. new[] { (150, 170, 90), (120, 100, 140), (60, 90, 110), (100, 130, 80) }.Select(g => Average(g.Item1, g.Item2, g.Item3))];
        double[] targets = [0.75, 0.75, 0.25, 0.25];
        var (slope, intercept) = (0.0, 0.0);
        for (var i = 0; i < 100; i++)
        {
            var (g0, g1, h00, h01, h11) = (0.0, 0.0, 0.0, 0.0, 0.0);
            foreach (var (x, t) in averages.Zip(targets))
            {
                var p = 1 / (1 + Math.Exp(-((slope * x) + intercept)));
                (g0, g1) = (g0 + ((p - t) * x), g1 + p - t);
                (h00, h01, h11) = (h00 + (p * (1 - p) * x * x), h01 + (p * (1 - p) * x), h11 + (p * (1 - p)));
            }

            var determinant = (h00 * h11) - (h01 * h01);
            (slope, intercept) = (slope - (((h11 * g0) - (h01 * g1)) / determinant), intercept - (((h00 * g1) - (h01 * g0)) / determinant));
        }

        // The logit is a float: 1e-4 of the slope.
        Assert.Equal(slope, study.Rule.Slope, 1e-4 * Math.Abs(slope));
        Assert.Equal(intercept, study.Rule.Intercept, 1e-4 * Math.Abs(slope));
        Assert.Equal(["a", "b", "c", "d"], study.Fitted.Select(s => s.Group));
        Assert.Equal([4, 3], study.Tried.Select(s => s.Slices));
        Assert.True(study.Tried[0].Probability > study.Tried[1].Probability);
        var brier = study.Metrics.Single(m => m.Name == "Brier score");
        Assert.Equal((Math.Pow(1 - study.Tried[0].Probability, 2) + Math.Pow(study.Tried[1].Probability, 2)) / 2, brier.Value, 1e-9);
        Assert.Equal((7, 2), (brier.Samples, brier.Groups));

        var sealedPath = _folder.File("sealed.onnx");
        ModelReview.Seal(path, sealedPath, study.Metrics, null, study.Rule);
        using var whole = CovidCtModel.Load(sealedPath);
        Assert.Equal(study.Rule, whole.Contract.SeriesRule);
        Assert.Equal(model.Contract.WeightsSha256, whole.Contract.WeightsSha256);
        Assert.Equal(["It is a test."], whole.Contract.Limits);
        Assert.Contains("- **Series**: median over 3 slices", ModelCard.Render(whole.Contract), StringComparison.Ordinal);

        // Sealing figures alone keeps the rule.
        Assert.Equal(study.Rule, ModelReview.Seal(sealedPath, sealedPath, [], ["Another."]).SeriesRule);
        Assert.Contains("seriesRule", Assert.Throws<ArgumentException>(() => ModelReview.Seal(path, sealedPath, [], null, study.Rule with { FittedFor = null })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Slices_without_a_group_and_groups_of_two_classes_are_named()
    {
        using var model = CovidCtModel.Load(WriteModel());
        SliceRecord[] good = [.. Group("a", true, 150), .. Group("b", false, 60)];
        var lone = good.Select(s => s with { Group = null }).ToArray();
        Assert.Contains("no group", Assert.Throws<DatasetException>(() => SeriesRuleStudy.Run(model, lone, [])).Message, StringComparison.Ordinal);
        var mixed = good.Select(s => s with { Group = "m" }).ToArray();
        Assert.Contains("'m'", Assert.Throws<DatasetException>(() => SeriesRuleStudy.Run(model, good, mixed)).Message, StringComparison.Ordinal);
        Assert.Empty(SeriesRuleStudy.Run(model, good, []).Metrics);
    }

    private static double Average(double a, double b, double c)
    {
        double[] x = [.. new[] { a, b, c }.Select(v => (8 * v / 255) - 4)];
        return (((x[0] + x[1]) / 2) + x.Order().ElementAt(1) + ((x[1] + x[2]) / 2)) / 3;
    }

    private SliceRecord[] Group(string name, bool positive, params byte[] grays)
        => [.. grays.Select((gray, i) =>
        {
            var path = _folder.File(name, $"{i}.png");
            var pixels = new byte[Side * Side];
            pixels.AsSpan().Fill(gray);
            CtImage.FromGray8(pixels, Side, Side).SavePng(path);
            return new SliceRecord(path, positive ? "COVID" : "non-COVID", positive, name, 0);
        })];

    private string WriteModel()
    {
        var builder = new OnnxGraphBuilder("mean");
        var pooled = builder.Flatten(builder.GlobalAveragePool(builder.Input(ModelContract.InputName, ["N", 1, Side, Side])));
        var graph = builder.Build(builder.Gemm(
            pooled, builder.Initializer("w", (ReadOnlySpan<float>)[8f], 1, 1), builder.Initializer("b", (ReadOnlySpan<float>)[-4f], 1), name: ModelContract.LogitsName));
        graph.Metadata[ModelContract.MetadataKey] = new ModelContract
        {
            SchemaVersion = ModelContract.CurrentSchemaVersion,
            Name = "mean",
            Version = "1.0.0",
            Preprocessing = new CtPreprocessing { Width = Side, Height = Side, Fit = CtFit.Stretch },
            Classes = ["non-COVID", "COVID"],
            Threshold = 0.5,
            Temperature = 1,
            Network = new ModelNetwork { Architecture = "mean", Width = 1, InputChannels = 1, InputWidth = Side, InputHeight = Side, Head = ModelHead.OneLogit, Attention = false },
            Training = null,
            Metrics = [],
            Limits = ["It is a test."],
            WeightsLicense = "MIT",
            WeightsSha256 = graph.ComputeWeightsSha256(),
            IntendedUse = "Tests.",
        }.ToJson();
        var path = _folder.File("mean.onnx");
        graph.Save(path);
        return path;
    }
}
