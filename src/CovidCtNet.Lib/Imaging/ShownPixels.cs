using System.Buffers;

namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// The pixels of a slice as they are resized. Gray ones are taken as they are: resizing is linear, so that it is the small result that is
/// divided by the largest gray value. Hounsfield units are cut off by a window, which is not linear, and become intensities first.
/// </summary>
internal readonly ref struct ShownPixels
{
    private readonly float[]? _rented;

    public ShownPixels(CtImage image, CtWindow window)
    {
        if (image.ValueKind != CtValueKind.Hounsfield)
        {
            Values = image.Pixels;
            Unit = image.MaximumValue;
            return;
        }

        _rented = ArrayPool<float>.Shared.Rent(image.Pixels.Length);
        var intensity = _rented.AsSpan(0, image.Pixels.Length);
        image.CopyIntensityTo(intensity, window);
        Values = intensity;
        Unit = 1;
    }

    /// <summary>One value for each pixel, row by row.</summary>
    public ReadOnlySpan<float> Values { get; }

    /// <summary>The value of intensity 1.</summary>
    public float Unit { get; }

    public void Dispose()
    {
        if (_rented is not null)
        {
            ArrayPool<float>.Shared.Return(_rented);
        }
    }
}
