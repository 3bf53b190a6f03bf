using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Explanation.Annotations;

namespace CovidCtNet.Lib.Explanation.Agreement;

/// <summary>
/// How far a map of model attention and a reader's mask agree on one slice. A map without evidence (<see cref="AttentionMap.IsFlat"/>)
/// counts as chance.
/// </summary>
public sealed record MaskAgreement
{
    /// <summary>
    /// Pointing game (Zhang et al., "Top-down Neural Attention by Excitation Backprop", ECCV 2016, section 4.1): 1 if the map's highest pixel
    /// lies in the mask; where several are highest, the share of them that does.
    /// </summary>
    public required double Pointing { get; init; }

    /// <summary>Chance of <see cref="Pointing"/>: the share of the slice that counts as a hit.</summary>
    public required double PointingChance { get; init; }

    /// <summary>
    /// Energy-based pointing game (Wang et al., "Score-CAM", CVPRW 2020, section 4.3): share of the map's sum inside the mask, in [0, 1].
    /// Its chance is <see cref="AreaShare"/>.
    /// </summary>
    public required double Energy { get; init; }

    /// <summary>Share of the slice that the mask covers, in (0, 1].</summary>
    public required double AreaShare { get; init; }

    /// <summary>Intersection over union of the mask and the pixels at or above the threshold, in [0, 1].</summary>
    public required double Iou { get; init; }

    /// <summary>The same for a region as large as the map's, placed without regard to the mask.</summary>
    public required double IouChance { get; init; }

    /// <summary>Dice coefficient of the mask and the pixels at or above the threshold, in [0, 1].</summary>
    public required double Dice { get; init; }

    /// <summary>The same for a region as large as the map's, placed without regard to the mask.</summary>
    public required double DiceChance { get; init; }

    /// <summary>Average precision of the pixels, ranked by the map, in [0, 1]. Its chance is <see cref="AreaShare"/>.</summary>
    public required double AveragePrecision { get; init; }

    /// <summary><see cref="Energy"/> over <see cref="AreaShare"/>: how much denser attention is inside the mask than on average.</summary>
    public double EnergyRatio => Energy / AreaShare;

    /// <summary>Compares a map with an annotation of the same slice.</summary>
    /// <param name="map">The map.</param>
    /// <param name="annotation">The annotation; at least one pixel is marked.</param>
    /// <param name="options">Threshold and tolerance; null for the defaults.</param>
    /// <exception cref="ArgumentException">The sizes differ, or nothing is marked.</exception>
    public static MaskAgreement Compute(AttentionMap map, InfectionAnnotation annotation, MaskAgreementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        ArgumentNullException.ThrowIfNull(annotation);
        annotation.RequireSizeOf(map.Image);
        return Compute(map.Values, annotation.ToMask(), map.Width, map.Height, options);
    }

    /// <summary>
    /// The same for a map that knows nothing but where slices are looked at: a Gaussian at the centre, its standard deviation a quarter of
    /// each side. What does not beat it has not found anything.
    /// </summary>
    /// <inheritdoc cref="Compute(AttentionMap, InfectionAnnotation, MaskAgreementOptions?)"/>
    public static MaskAgreement OfCentredBlob(InfectionAnnotation annotation, MaskAgreementOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(annotation);
        return Compute(CentredBlob(annotation.Width, annotation.Height), annotation.ToMask(), annotation.Width, annotation.Height, options);
    }

    internal static float[] CentredBlob(int width, int height)
    {
        var values = new float[width * height];
        for (var i = 0; i < values.Length; i++)
        {
            var x = (((i % width) + 0.5) / width) - 0.5;
            var y = (((i / width) + 0.5) / height) - 0.5;
            values[i] = (float)Math.Exp(-0.5 * 16 * ((x * x) + (y * y)));
        }

        return values;
    }

    private static MaskAgreement Compute(ReadOnlySpan<float> values, bool[] mask, int width, int height, MaskAgreementOptions? options)
    {
        options ??= new MaskAgreementOptions();
        if (!mask.AsSpan().Contains(true))
        {
            throw new ArgumentException("The annotation marks nothing: agreement is measured on slices with a finding.", nameof(mask));
        }

        var near = Widen(mask, width, height, options.PointingTolerance);
        double count = mask.Length;
        var (area, nearArea, energy, inside) = (0, 0, 0.0, 0.0);
        var (marked, both) = (0, 0);
        var largest = System.Numerics.Tensors.TensorPrimitives.Max(values);
        var (highest, hits) = (0, 0);
        var scores = new double[mask.Length];
        for (var i = 0; i < mask.Length; i++)
        {
            scores[i] = values[i];
            area += mask[i] ? 1 : 0;
            nearArea += near[i] ? 1 : 0;
            energy += values[i];
            inside += mask[i] ? values[i] : 0;
            var above = values[i] >= options.Threshold;
            marked += above ? 1 : 0;
            both += above && mask[i] ? 1 : 0;
            highest += values[i] == largest ? 1 : 0;
            hits += values[i] == largest && near[i] ? 1 : 0;
        }

        var (m, p) = (area / count, marked / count);
        return new MaskAgreement
        {
            Pointing = hits / (double)highest,
            PointingChance = nearArea / count,
            Energy = energy > 0 ? inside / energy : m,
            AreaShare = m,
            Iou = both / (double)(area + marked - both),
            IouChance = m * p / (m + p - (m * p)),
            Dice = 2.0 * both / (area + marked),
            DiceChance = 2 * m * p / (m + p),
            AveragePrecision = PrecisionRecallCurve.Compute(mask, scores).AveragePrecision,
        };
    }

    private static bool[] Widen(bool[] mask, int width, int height, double tolerance) => tolerance <= 0
        ? mask
        : Array.ConvertAll(DistanceTransform.Squared(mask, width, height), squared => squared <= tolerance * tolerance);
}
