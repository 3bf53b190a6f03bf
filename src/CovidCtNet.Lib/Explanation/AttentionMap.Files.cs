using CovidCtNet.Lib.Explanation.Pictures;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Explanation;

/// <content>Writing maps and pictures.</content>
public sealed partial class AttentionMap
{
    /// <summary>Writes the map at the slice's own pixels as a <c>.npy</c> file of float32.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveNpy(string path) => NpyFile.Write(path, Values, Height, Width);

    /// <summary>Writes the map at the slice's own pixels as a 16-bit gray PNG, 65,535 for 1.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SavePng(string path)
    {
        var values = _values.Value;
        AtomicFile.Write(path, stream => PngEncoder.Write(stream, values, Width, Height, 16));
    }

    /// <summary>Writes the map over the slice as a colour PNG.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">How it looks; <see cref="OverlayOptions.Default"/> if null.</param>
    /// <exception cref="ArgumentException">The annotation of the options has another size than the slice.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SaveOverlay(string path, OverlayOptions? options = null)
    {
        var png = ToOverlayPng(options);
        AtomicFile.Write(path, stream => stream.Write(png));
    }

    /// <summary>The map over the slice as the bytes of a colour PNG.</summary>
    /// <param name="options">How it looks; <see cref="OverlayOptions.Default"/> if null.</param>
    /// <exception cref="ArgumentException">The annotation of the options has another size than the slice.</exception>
    public byte[] ToOverlayPng(OverlayOptions? options = null)
    {
        using var picture = OverlayPainter.Paint(Image, this, options ?? OverlayOptions.Default);
        return PictureFile.ToPng(picture);
    }
}
