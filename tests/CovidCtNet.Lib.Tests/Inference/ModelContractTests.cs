using System.Text.Json;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Tests.Inference;

/// <summary>The contract survives JSON, its JSON is stable, and every broken rule is named.</summary>
public class ModelContractTests
{
    private static readonly ModelContract Good = TestModels.Contract(TestModels.MeanGraph());

    [Fact]
    public void Contract_survives_json()
    {
        var again = ModelContract.FromJson(Good.ToJson());
        Assert.Equal(Good.ToJson(), again.ToJson());
        Assert.Equal(Good.Preprocessing, again.Preprocessing);
        Assert.Equal(Good.Network, again.Network);
        Assert.Equal(Good.Training, again.Training);
        Assert.Equal(Good.Metrics, again.Metrics);
        Assert.Equal(Good.Classes, again.Classes);
        Assert.Empty(again.Validate());
    }

    [Fact]
    public void Json_is_camel_case_with_the_published_names()
    {
        using var json = JsonDocument.Parse(Good.ToJson());
        string[] expected =
        [
            "schemaVersion", "name", "version", "preprocessing", "classes", "threshold", "temperature", "network", "training", "metrics",
            "weightsLicense", "weightsSha256", "precision", "quantization", "intendedUse", "limits",
        ];
        Assert.Equal(expected, json.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal("one-logit", json.RootElement.GetProperty("network").GetProperty("head").GetString());
        Assert.Equal("2026-01-31", json.RootElement.GetProperty("training").GetProperty("date").GetString());
    }

    [Fact]
    public void Unknown_properties_of_later_writers_are_ignored()
        => Assert.Empty(ModelContract.FromJson(Good.ToJson().Replace("{\"schemaVersion\"", "{\"later\":[1],\"schemaVersion\"", StringComparison.Ordinal)).Validate());

    [Theory]
    [InlineData("schemaVersion")]
    [InlineData("preprocessing")]
    [InlineData("threshold")]
    [InlineData("network")]
    [InlineData("weightsSha256")]
    public void Missing_property_is_named(string property)
    {
        var json = Good.ToJson().Replace($"\"{property}\":", $"\"x{property}\":", StringComparison.Ordinal);
        var e = Assert.ThrowsAny<JsonException>(() => ModelContract.FromJson(json));
        Assert.Contains(property, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Attention_layer_is_optional_and_the_layer_that_maps_look_at()
    {
        Assert.DoesNotContain("attentionLayer", Good.ToJson(), StringComparison.Ordinal);
        Assert.Equal(6.5, ModelContract.FromJson((Good with { AttentionOffset = 6.5 }).ToJson()).AttentionOffset);
        Assert.DoesNotContain("attentionOffset", Good.ToJson(), StringComparison.Ordinal);
        Assert.Equal("bn2/relu", ModelContract.FromJson((Good with { AttentionLayer = "bn2/relu" }).ToJson()).AttentionLayer);

        var graph = TestModels.ConvGraph(12, 3);
        using var unnamed = TestModels.Load(TestModels.Bytes(graph, TestModels.Contract(graph, 12)));
        var other = unnamed.Explainer.TargetLayers[0].Name;
        Assert.NotEqual(other, unnamed.Explainer.DefaultTargetLayer);
        using var named = TestModels.Load(TestModels.Bytes(graph, TestModels.Contract(graph, 12) with { AttentionLayer = other }));
        Assert.Equal(other, named.Explainer.DefaultTargetLayer);
        Assert.Equal(other, named.Explain(TestModels.Flat(9)).Source.TargetLayer);
        using var wrong = TestModels.Load(TestModels.Bytes(graph, TestModels.Contract(graph, 12) with { AttentionLayer = "none" }));
        Assert.Contains("'none'", Assert.Throws<ExplanationException>(() => wrong.Explainer).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Series_rule_is_optional_and_belongs_to_the_weights()
    {
        Assert.DoesNotContain("seriesRule", Good.ToJson(), StringComparison.Ordinal);
        Assert.Null(ModelContract.FromJson(Good.ToJson()).SeriesRule);

        var rule = new CtSeriesRule { Smoothing = 5, TopShare = 0.5, MinimumTop = 2, Slope = 1.5, Intercept = -0.25, Threshold = 0.4, FittedFor = Good.WeightsSha256 };
        var again = ModelContract.FromJson((Good with { SeriesRule = rule }).ToJson());
        Assert.Equal(rule, again.SeriesRule);
        Assert.Empty(again.Validate());

        // A model of lower precision keeps the calibration of the one it was made of, and no other.
        var half = again with { WeightsSha256 = new string('a', 64), Precision = ModelPrecision.Float16, Quantization = new ModelQuantization { SourceWeightsSha256 = Good.WeightsSha256, Calibration = null, LayersInFloat = 0 } };
        Assert.Empty(half.Validate());
        Broken(half with { Quantization = half.Quantization! with { SourceWeightsSha256 = new string('b', 64) } }, "seriesRule");
        Broken(Good with { SeriesRule = rule with { FittedFor = null } }, "seriesRule");
        var even = (Good with { SeriesRule = rule }).ToJson().Replace("\"smoothing\":5", "\"smoothing\":4", StringComparison.Ordinal);
        Assert.Contains("odd", Assert.ThrowsAny<JsonException>(() => ModelContract.FromJson(even)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_broken_rule_is_named()
    {
        Broken(Good with { SchemaVersion = 2 }, "newer");
        Broken(Good with { SchemaVersion = 0 }, "schemaVersion");
        Broken(Good with { Name = " " }, "name");
        Broken(Good with { Version = "" }, "version");
        Broken(Good with { Classes = ["COVID"] }, "classes");
        Broken(Good with { Threshold = 0 }, "threshold");
        Broken(Good with { Threshold = 1 }, "threshold");
        Broken(Good with { Threshold = double.NaN }, "threshold");
        Broken(Good with { Temperature = 0 }, "temperature");
        Broken(Good with { Temperature = double.PositiveInfinity }, "temperature");
        Broken(Good with { WeightsLicense = "" }, "weightsLicense");
        Broken(Good with { WeightsSha256 = "ABC" }, "weightsSha256");
        Broken(Good with { IntendedUse = "" }, "intendedUse");
        Broken(Good with { AttentionLayer = " " }, "attentionLayer");
        Broken(Good with { AttentionOffset = 5000 }, "attentionOffset");
        Broken(Good with { Network = Good.Network with { InputWidth = 5 } }, "5 x 4");
        Broken(Good with { Network = Good.Network with { InputChannels = 5 } }, "inputChannels");
        Broken(Good with { Network = Good.Network with { Width = -1 } }, "network.width");
        Broken(Good with { Network = Good.Network with { Architecture = "" } }, "architecture");
        Broken(Good with { Metrics = [Good.Metrics[0] with { Lower = 0.99 }] }, "AUC");
        Broken(Good with { Metrics = [Good.Metrics[0] with { Level = 1 }] }, "AUC");
        Broken(Good with { Metrics = [Good.Metrics[0] with { Samples = 0 }] }, "AUC");
        Broken(Good with { Metrics = [null!] }, "metrics");
        Broken(Good with { Classes = [null!, "COVID"] }, "classes");
        Assert.Empty((Good with { Training = null, Metrics = [] }).Validate());
    }

    private static void Broken(ModelContract contract, string named)
        => Assert.Contains(named, Assert.Single(contract.Validate()), StringComparison.Ordinal);
}
