using System.ComponentModel;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Service;

/// <summary>What the model says about one slice.</summary>
internal sealed record ClassifyResponse
{
    [Description("Calibrated probability of the positive class, 0 to 1.")]
    public required double Probability { get; init; }

    [Description("Log-odds before calibration.")]
    public required double Logit { get; init; }

    [Description("Name of the class at the threshold.")]
    public required string Label { get; init; }

    [Description("Whether the probability reached the threshold.")]
    public required bool IsPositive { get; init; }

    [Description("The model's threshold on the probability.")]
    public required double Threshold { get; init; }

    [Description("Name and version of the model.")]
    public required string Model { get; init; }

    [Description("What the input gate says about the picture; null where the service does not ask it.")]
    public GateReport? Gate { get; init; }

    [Description("PNG with model attention over the slice, base64, if it was asked for. It shows what moved the model's output, not what is ill.")]
    public byte[]? OverlayPng { get; init; }

    [Description("What the answer must not be used for.")]
    public string Notice { get; init; } = "Research use, not a medical device.";

    public static ClassifyResponse From(CtPrediction prediction, ModelContract contract, CtGateResult? gate, byte[]? overlay) => new()
    {
        Probability = prediction.Probability,
        Logit = prediction.Logit,
        Label = prediction.Label.Name,
        IsPositive = prediction.Label.IsPositive,
        Threshold = prediction.Threshold,
        Model = $"{contract.Name} {contract.Version}",
        Gate = GateReport.From(gate),
        OverlayPng = overlay,
    };
}
