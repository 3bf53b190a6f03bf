using System.Numerics.Tensors;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Explanation;

/// <summary>
/// Where a model looked in one slice: values in [0, 1] at the network's input size and at the slice's own pixels. Model attention is no
/// finding: it says what moved the model's output, not what is ill. Immutable and thread-safe; research use, not a medical device.
/// </summary>
public sealed partial class AttentionMap
{
    private readonly float[] _raw;
    private readonly Lazy<float[]> _input;
    private readonly Lazy<float[]> _values;

    private AttentionMap(CtImage image, CtPlacement placement, float[] raw, int rawWidth, int rawHeight, AttentionScaling scaling, AttentionSource source)
    {
        _raw = raw;
        Image = image;
        Placement = placement;
        RawWidth = rawWidth;
        RawHeight = rawHeight;
        Scaling = scaling;
        Source = source;
        _input = new(() => MapGeometry.ToInput(Scale(_raw, Scaling), RawWidth, RawHeight, Placement));
        _values = new(() => MapGeometry.ToSource(_input.Value, Placement));
    }

    /// <summary>The slice that was explained.</summary>
    public CtImage Image { get; }

    /// <summary>What the map comes from: method, layer, class, model.</summary>
    public AttentionSource Source { get; }

    /// <summary>Where the slice lies within the network's input.</summary>
    public CtPlacement Placement { get; }

    /// <summary>How raw values become values in [0, 1].</summary>
    public AttentionScaling Scaling { get; }

    /// <summary>Columns of the map, those of the slice.</summary>
    public int Width => Placement.SourceWidth;

    /// <summary>Rows of the map, those of the slice.</summary>
    public int Height => Placement.SourceHeight;

    /// <summary>The map at the slice's own pixels, in [0, 1], row by row: <see cref="Height"/> times <see cref="Width"/>.</summary>
    public ReadOnlySpan<float> Values => _values.Value;

    /// <summary>The map at the network's input, in [0, 1], row by row, padding included: <see cref="CtPlacement.TargetHeight"/> times <see cref="CtPlacement.TargetWidth"/>.</summary>
    public ReadOnlySpan<float> InputValues => _input.Value;

    /// <summary>Columns of the raw map: those of the layer looked at.</summary>
    public int RawWidth { get; }

    /// <summary>Rows of the raw map: those of the layer looked at.</summary>
    public int RawHeight { get; }

    /// <summary>What the method computed, before scaling, signs kept, row by row; its unit is the method's own.</summary>
    public ReadOnlySpan<float> RawValues => _raw;

    /// <summary>True where no raw value says anything (all 0 after <see cref="Scaling"/>): the map is 0 throughout.</summary>
    public bool IsFlat => TensorPrimitives.Max<float>(Scale(_raw, Scaling)) <= 0;

    /// <summary>
    /// Share of the map's sum at the input that lies in the padding of a letterboxed slice, in [0, 1]: attention that no pixel of the
    /// slice can explain. 0 for a stretched slice.
    /// </summary>
    public double PaddingShare => MapGeometry.PaddingShare(InputValues, Placement);

    /// <summary>How far occlusion's fast mode is from the exact one, by windows that were checked; null for exact maps and other methods.</summary>
    public OcclusionError? EstimatedError { get; internal init; }

    /// <summary>A map from the values of a layer's grid, which covers the network's input evenly.</summary>
    /// <param name="image">The slice.</param>
    /// <param name="placement">Where the slice lies within the input; see <see cref="CtPreprocessing.Place(CtImage)"/>.</param>
    /// <param name="raw">Finite values [rows, columns]; copied.</param>
    /// <param name="rawWidth">Columns of the grid, at least 1.</param>
    /// <param name="rawHeight">Rows of the grid, at least 1.</param>
    /// <param name="scaling">How the values become a map in [0, 1].</param>
    /// <param name="source">What they come from.</param>
    /// <exception cref="ArgumentException">The number of values is wrong, one is not finite, or the placement is of another slice.</exception>
    public static AttentionMap FromRaw(
        CtImage image, CtPlacement placement, ReadOnlySpan<float> raw, int rawWidth, int rawHeight, AttentionScaling scaling, AttentionSource source)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentOutOfRangeException.ThrowIfLessThan(rawWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(rawHeight, 1);
        if ((long)rawWidth * rawHeight != raw.Length)
        {
            throw new ArgumentException($"{raw.Length} values were given for a map of {rawWidth} x {rawHeight}.", nameof(raw));
        }

        if (placement.SourceWidth != image.Width || placement.SourceHeight != image.Height)
        {
            throw new ArgumentException(
                $"The placement is that of a slice of {placement.SourceWidth} x {placement.SourceHeight}; this one has {image.Width} x {image.Height}.", nameof(placement));
        }

        foreach (var value in raw)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException("A value of the map is NaN or infinite.", nameof(raw));
            }
        }

        return new AttentionMap(image, placement, raw.ToArray(), rawWidth, rawHeight, scaling, source);
    }

    /// <summary>A map from values at the slice's own pixels, such as those of a <c>.npy</c> file or of another program.</summary>
    /// <param name="image">The slice.</param>
    /// <param name="values">Finite values, one for each pixel, row by row; copied.</param>
    /// <param name="scaling">How the values become a map in [0, 1].</param>
    /// <param name="source">What they come from.</param>
    /// <exception cref="ArgumentException">The number of values is wrong, or one is not finite.</exception>
    public static AttentionMap FromPixels(CtImage image, ReadOnlySpan<float> values, AttentionScaling scaling, AttentionSource source)
    {
        ArgumentNullException.ThrowIfNull(image);
        return FromRaw(image, CtPlacement.Compute(image.Width, image.Height, image.Width, image.Height, CtFit.Stretch), values, image.Width, image.Height, scaling, source);
    }

    internal static AttentionMap FromOwned(
        CtImage image, CtPlacement placement, float[] raw, int rawWidth, int rawHeight, AttentionScaling scaling, AttentionSource source, OcclusionError? error = null) =>
        new(image, placement, raw, rawWidth, rawHeight, scaling, source) { EstimatedError = error };

    internal static float[] Scale(float[] raw, AttentionScaling scaling)
    {
        var scaled = new float[raw.Length];
        switch (scaling)
        {
            case AttentionScaling.Positive:
                TensorPrimitives.Max(raw, 0f, scaled);
                break;
            case AttentionScaling.Magnitude:
                TensorPrimitives.Abs(raw, scaled);
                break;
            case AttentionScaling.Range:
                TensorPrimitives.Subtract(raw, TensorPrimitives.Min<float>(raw), scaled);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(scaling), scaling, "The scaling is not known.");
        }

        var largest = TensorPrimitives.Max<float>(scaled);
        if (largest > 0)
        {
            TensorPrimitives.Divide(scaled, largest, scaled);
        }

        return scaled;
    }
}
