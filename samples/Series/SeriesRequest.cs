using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Samples.Series;

/// <summary>What the command line asks for.</summary>
internal sealed record SeriesRequest
{
    /// <summary>A folder, zip archive or file.</summary>
    public required string Path { get; init; }

    /// <summary>The folder to write to, or null for none.</summary>
    public string? OutputFolder { get; init; }

    /// <summary>The model file, or null for the default model.</summary>
    public string? ModelPath { get; init; }

    public CtGateMode Gate { get; init; }

    public int Maps { get; init; }

    /// <summary>Whether patient data are copied into DICOM results.</summary>
    public bool Identified { get; init; }

    /// <summary>Whether names of files are printed.</summary>
    public bool Names { get; init; }
}
