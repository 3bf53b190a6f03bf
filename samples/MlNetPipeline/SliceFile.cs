namespace CovidCtNet.Samples.MlNetPipeline;

/// <summary>A labelled image file: what goes into the pipeline.</summary>
internal sealed class SliceFile
{
    public string Path { get; set; } = string.Empty;

    public bool Label { get; set; }
}
