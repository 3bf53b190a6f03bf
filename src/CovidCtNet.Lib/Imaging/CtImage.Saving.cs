namespace CovidCtNet.Lib.Imaging;

public sealed partial class CtImage
{
    /// <summary>
    /// Writes the intensity as a gray PNG: 16 bits for <see cref="CtValueKind.Gray16"/>, else 8. Loading the file of a gray slice gives
    /// equal pixels back (for 16 bits, if <see cref="MaximumValue"/> is 65,535); a Hounsfield slice is written as its window shows it.
    /// </summary>
    /// <param name="path">The file; an existing one is replaced once the new one is complete.</param>
    /// <param name="window">For a Hounsfield slice, the window to use; <see cref="Window"/> if null.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void SavePng(string path, CtWindow? window = null) => AtomicFile.Write(path, stream => SavePng(stream, window));

    /// <summary>Writes the intensity as a gray PNG to a stream, which stays open.</summary>
    /// <param name="stream">A writable stream.</param>
    /// <param name="window">For a Hounsfield slice, the window to use; <see cref="Window"/> if null.</param>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public void SavePng(Stream stream, CtWindow? window = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var intensity = new float[Pixels.Length];
        CopyIntensityTo(intensity, window);
        PngEncoder.Write(stream, intensity, Width, Height, ValueKind == CtValueKind.Gray16 ? 16 : 8);
    }
}
