using System.ComponentModel.DataAnnotations;

namespace CovidCtNet.Samples.Service;

/// <summary>What clients may ask for.</summary>
internal sealed class UploadOptions
{
    /// <summary>The largest image file.</summary>
    [Range(1024, 1 << 30)]
    public int MaximumBytes { get; set; } = 16 * 1024 * 1024;

    /// <summary>The largest width times height: a small file can unpack to a huge picture.</summary>
    [Range(1, 1 << 28)]
    public int MaximumPixels { get; set; } = 16 * 1024 * 1024;

    /// <summary>Slices that are worked on at once.</summary>
    [Range(1, 1024)]
    public int MaximumAtOnce { get; set; } = Math.Max(2, Environment.ProcessorCount);

    /// <summary>Requests that may wait; those beyond are told to come back (429).</summary>
    [Range(0, 100_000)]
    public int MaximumWaiting { get; set; } = 64;
}
