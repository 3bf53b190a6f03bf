using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Hosting;

/// <summary>Which saved pipeline a pool of prediction engines runs. Checked when the host starts.</summary>
public sealed class CovidCtPredictionEnginePoolOptions
{
    /// <summary>The file that <c>mlContext.Model.Save</c> wrote.</summary>
    public string PipelinePath { get; set; } = string.Empty;

    /// <summary>How the models in the pipeline are run; null takes what was saved. Default: null.</summary>
    public CovidCtModelOptions? Model { get; set; }

    /// <summary>
    /// Whether the pipeline is loaded when the host starts, so that one that cannot be used, or does not fit the classes of the rows, stops
    /// the start; otherwise at the first use. Default: true.
    /// </summary>
    public bool LoadAtStart { get; set; } = true;

    /// <summary>Whether a changed file is loaded while the application runs; predictions under way end on the old one. Default: false.</summary>
    public bool ReloadOnChange { get; set; }

    /// <summary>How often the file is looked at, 100 ms to one day. Default: 5 s.</summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The most idle engines that are kept, 1 to 1,024; more are made under load. Default: twice the number of processors.</summary>
    public int MaximumIdle { get; set; } = 2 * Environment.ProcessorCount;
}
