using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Hosting;

/// <summary>Which model an application hosts. Checked when the host starts.</summary>
public sealed class CovidCtServiceOptions
{
    /// <summary>The model file; null takes the default model of the package <c>CovidCtNet.Lib.Model</c>. Default: null.</summary>
    public string? ModelPath { get; set; }

    /// <summary>How the model is run.</summary>
    // None of the shared defaults: binding to configuration writes into the objects that are here.
    public CovidCtModelOptions Model { get; set; } = new() { ImageLimits = new(), Cuda = new(), TensorRt = new() };

    /// <summary>
    /// Whether the model is loaded and run once when the host starts, so that a model that cannot be used stops the start and no client
    /// waits; otherwise at the first use. Default: true.
    /// </summary>
    public bool LoadAtStart { get; set; } = true;

    /// <summary>
    /// Whether a changed model file is loaded while the application runs. Work under way ends on the model it began with. A file that
    /// cannot be used is reported, and the old model goes on. Default: false.
    /// </summary>
    public bool ReloadOnChange { get; set; }

    /// <summary>How often the file is looked at, 100 ms to one day. Default: 5 s.</summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(5);
}
