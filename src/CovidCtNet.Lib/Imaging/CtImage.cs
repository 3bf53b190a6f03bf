using System.Numerics;
using System.Numerics.Tensors;

namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// One gray CT slice with its value range kept: 8-bit, 16-bit or Hounsfield units. Immutable and safe to share between threads.
/// </summary>
/// <remarks>
/// Pixels lie row by row from the top left. What a network sees is the <em>intensity</em> in [0, 1], which
/// <see cref="CtPreprocessing"/> derives: gray value over <see cref="MaximumValue"/>, or HU through a <see cref="CtWindow"/>.
/// </remarks>
public sealed partial class CtImage
{
    // May be longer than the slice.
    private readonly float[] _pixels;

    private CtImage(float[] pixels, int width, int height, CtValueKind valueKind, float maximumValue, CtWindow? window, string? sourceName)
    {
        _pixels = pixels;
        Width = width;
        Height = height;
        ValueKind = valueKind;
        MaximumValue = maximumValue;
        Window = window;
        SourceName = sourceName;
    }

    /// <summary>Columns, at least 1.</summary>
    public int Width { get; }

    /// <summary>Rows, at least 1.</summary>
    public int Height { get; }

    /// <summary>What the pixel values mean.</summary>
    public CtValueKind ValueKind { get; }

    /// <summary>The gray value of intensity 1: 255 for 8 bits, 65,535 or the maximum given for 16 bits; NaN for Hounsfield units.</summary>
    public float MaximumValue { get; }

    /// <summary>
    /// The window a Hounsfield slice is shown with; null for gray slices. A model does not use it: its own window is part of its
    /// <see cref="CtPreprocessing"/>, so that training and inference cannot disagree.
    /// </summary>
    public CtWindow? Window { get; }

    /// <summary>The file that the slice came from, or the name an application gave it; null where there is none.</summary>
    public string? SourceName { get; }

    /// <summary>The pixel values, row by row: <see cref="Height"/> times <see cref="Width"/>.</summary>
    public ReadOnlySpan<float> Pixels => _pixels.AsSpan(0, Width * Height);

    /// <summary>The pixel values, row by row, for code that cannot hold a span.</summary>
    public ReadOnlyMemory<float> PixelMemory => _pixels.AsMemory(0, Width * Height);

    /// <summary>The pixel value at a column and row.</summary>
    /// <param name="x">Column, from 0 at the left.</param>
    /// <param name="y">Row, from 0 at the top.</param>
    /// <exception cref="ArgumentOutOfRangeException">The position lies outside the slice.</exception>
    public float this[int x, int y]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(x);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(x, Width);
            ArgumentOutOfRangeException.ThrowIfNegative(y);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(y, Height);
            return _pixels[(y * Width) + x];
        }
    }

    /// <summary>A slice from 8-bit gray pixels.</summary>
    /// <param name="pixels">Row by row from the top left; copied.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="sourceName">A name for messages, such as the file that the pixels came from.</param>
    /// <exception cref="ArgumentException">The number of pixels is not <paramref name="width"/> times <paramref name="height"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    public static CtImage FromGray8(ReadOnlySpan<byte> pixels, int width, int height, string? sourceName = null)
    {
        CheckShape(pixels, width, height);
        var values = new float[pixels.Length];
        TensorPrimitives.ConvertChecked(pixels, values);
        return new CtImage(values, width, height, CtValueKind.Gray8, byte.MaxValue, null, sourceName);
    }

    /// <summary>A slice from 16-bit gray pixels, already windowed. Raw detector or Hounsfield values belong in <c>FromHounsfield</c>.</summary>
    /// <param name="pixels">Row by row from the top left; copied.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="maximumValue">The gray value of intensity 1, 1 to 65,535: 4,095 for 12 bits stored in 16.</param>
    /// <param name="sourceName">A name for messages, such as the file that the pixels came from.</param>
    /// <exception cref="ArgumentException">The number of pixels is wrong, or a pixel is above <paramref name="maximumValue"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side or the maximum is below 1.</exception>
    public static CtImage FromGray16(
        ReadOnlySpan<ushort> pixels, int width, int height, ushort maximumValue = ushort.MaxValue, string? sourceName = null)
    {
        CheckShape(pixels, width, height);
        ArgumentOutOfRangeException.ThrowIfZero(maximumValue);
        if (pixels.ContainsAnyExceptInRange((ushort)0, maximumValue))
        {
            throw new ArgumentException(
                $"A pixel is above the maximum value {maximumValue}. Pass the largest value that the pixel depth allows.", nameof(pixels));
        }

        var values = new float[pixels.Length];
        TensorPrimitives.ConvertChecked(pixels, values);
        return new CtImage(values, width, height, CtValueKind.Gray16, maximumValue, null, sourceName);
    }

    /// <summary>A slice in Hounsfield units from stored values, HU = slope x value + intercept (DICOM PS3.3 C.11.1.1.2).</summary>
    /// <typeparam name="T">What the decoder gives: <see cref="short"/>, <see cref="ushort"/>, <see cref="int"/>, <see cref="float"/> and so on.</typeparam>
    /// <param name="pixels">Stored values, finite, row by row from the top left; copied.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="slope">Rescale slope, finite and not 0; 1 if the values are HU already.</param>
    /// <param name="intercept">Rescale intercept in HU, finite; 0 if the values are HU already.</param>
    /// <param name="window">The window to show the slice with; <see cref="CtWindow.Lung"/> if null.</param>
    /// <param name="sourceName">A name for messages, such as the file that the pixels came from.</param>
    /// <exception cref="ArgumentException">The number of pixels is wrong, or a pixel is NaN or infinite.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or the slope or intercept is outside its range.</exception>
    public static CtImage FromHounsfield<T>(
        ReadOnlySpan<T> pixels, int width, int height, double slope, double intercept, CtWindow? window = null, string? sourceName = null)
        where T : unmanaged, INumber<T>
    {
        CheckShape(pixels, width, height);
        if (!double.IsFinite(slope) || slope == 0)
        {
            throw new ArgumentOutOfRangeException(nameof(slope), slope, "The rescale slope must be finite and not 0.");
        }

        if (!double.IsFinite(intercept))
        {
            throw new ArgumentOutOfRangeException(nameof(intercept), intercept, "The rescale intercept must be finite.");
        }

        var values = new float[pixels.Length];
        TensorPrimitives.ConvertSaturating(pixels, values);
        TensorPrimitives.Multiply(values, (float)slope, values);
        TensorPrimitives.Add(values, (float)intercept, values);
        if (!float.IsFinite(TensorPrimitives.MaxMagnitude<float>(values)))
        {
            throw new ArgumentException("A pixel is NaN or infinite. Replace padding by a low value such as -1024 HU.", nameof(pixels));
        }

        return new CtImage(values, width, height, CtValueKind.Hounsfield, float.NaN, window ?? CtWindow.Lung, sourceName);
    }

    /// <summary>Writes the intensity of every pixel, row by row, in [0, 1].</summary>
    /// <param name="destination">At least <see cref="Width"/> times <see cref="Height"/> values.</param>
    /// <param name="window">For a Hounsfield slice, the window to use; <see cref="Window"/> if null. Ignored for gray slices.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short.</exception>
    public void CopyIntensityTo(Span<float> destination, CtWindow? window = null)
    {
        if (destination.Length < Pixels.Length)
        {
            throw new ArgumentException($"The destination holds {destination.Length} values and needs {Pixels.Length}.", nameof(destination));
        }

        destination = destination[..Pixels.Length];
        if (ValueKind != CtValueKind.Hounsfield)
        {
            TensorPrimitives.Divide(Pixels, MaximumValue, destination);
            return;
        }

        var shown = window ?? Window ?? CtWindow.Lung;
        TensorPrimitives.Subtract(Pixels, (float)shown.Lower, destination);
        TensorPrimitives.Divide(destination, (float)shown.Width, destination);
        TensorPrimitives.Max(destination, 0f, destination);
        TensorPrimitives.Min(destination, 1f, destination);
    }

    private static void CheckShape<T>(ReadOnlySpan<T> pixels, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if ((long)width * height != pixels.Length)
        {
            throw new ArgumentException($"{pixels.Length} pixels were given for {width} x {height}. Pass one value per pixel, rows without padding.", nameof(pixels));
        }
    }
}
