using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Hosting;

/// <summary>Which model an application hosts. Checked when the application starts.</summary>
public sealed class CovidCtServiceOptions
{
    /// <summary>The model file; null takes the default model of the package <c>CovidCtNet.Lib.Model</c>. Default: null.</summary>
    public string? ModelPath { get; set; }

    /// <summary>How the model is run.</summary>
    public CovidCtModelOptions Model { get; set; } = CovidCtModelOptions.Default;

    /// <summary>
    /// Whether a changed model file is loaded while the application runs. Work under way ends on the model it began with. A file that
    /// cannot be used is reported, and the old model goes on. Default: false.
    /// </summary>
    public bool ReloadOnChange { get; set; }

    /// <summary>How often the file is looked at, 100 ms to one day. Default: 5 s.</summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(5);
}
