namespace CovidCtNet.Samples.MlNetPipeline;

/// <summary>What comes out of the pipeline.</summary>
internal sealed class ScoredSlice
{
    public string Path { get; set; } = string.Empty;

    public float Probability { get; set; }

    public bool PredictedLabel { get; set; }
}
