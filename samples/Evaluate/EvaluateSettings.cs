namespace CovidCtNet.Samples.Evaluate;

/// <summary>What the caller asked for, beyond the scores themselves.</summary>
internal sealed record EvaluateSettings
{
    public double Threshold { get; init; } = 0.5;

    public string ThresholdOrigin { get; init; } = "given beforehand";

    public double Level { get; init; } = 0.95;

    public int Replicates { get; init; } = 2000;

    public int Seed { get; init; } = 1;

    public IReadOnlyList<double> Prevalences { get; init; } = [0.01, 0.05, 0.1, 0.2, 0.5];

    public string Title { get; init; } = "Evaluation of a COVID-19 chest-CT classifier";
}
