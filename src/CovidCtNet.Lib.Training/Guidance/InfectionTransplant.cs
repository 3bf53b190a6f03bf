using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Training.Guidance;

/// <summary>
/// Lends the infected region of a guided slice to a clean slice, at the same place of the lung field, in the clean slice's own range of
/// gray: x ← x + m·max(0, s - x), with the soft mask m and the guided slice s mapped so that both lungs' air and both bodies' tissue agree.
/// Both then show the same scanner and patient, with and without an infection, which no shortcut can tell apart.
/// </summary>
internal sealed class InfectionTransplant
{
    // A region that would mostly cover what is no lung, or that would hardly change the slice, is not transplanted.
    private const double LeastLung = 0.6;
    private const double LeastArea = 0.004;
    private const double LeastChange = 0.08;

    private readonly GuidedSlices _guided;
    private readonly int _width;
    private readonly float[][] _soft;
    private readonly (float Air, float Tissue)[] _levels;

    /// <summary>Prepares masks and gray levels of the guided slices.</summary>
    public InfectionTransplant(GuidedSlices guided, int width)
    {
        (_guided, _width) = (guided, width);
        _soft = [.. guided.Masks.Select(m => Smooth(Smooth(m)))];
        _levels = [.. guided.Images.Select(i => Levels(i).Means)];
    }

    /// <summary>Tries to give <paramref name="plane"/> an infected region; false, and nothing changed, where the drawn region does not fit.</summary>
    public bool TryApply(Span<float> plane, Random random)
    {
        var from = random.Next(_soft.Length);
        var mirrored = random.Next(2) == 1;
        var (mask, source) = (_soft[from], _guided.Images[from]);
        var (threshold, (air, tissue)) = Levels(plane);
        var (fromAir, fromTissue) = _levels[from];
        if (tissue - air < 0.1 || fromTissue - fromAir < 0.1)
        {
            return false;
        }

        var scale = (tissue - air) / (fromTissue - fromAir);
        var changed = new float[plane.Length];
        var (area, lung, change) = (0.0, 0.0, 0.0);
        for (var i = 0; i < plane.Length; i++)
        {
            var at = mirrored ? i - (i % _width) + _width - 1 - (i % _width) : i;
            var weight = mask[at];
            changed[i] = plane[i];
            if (weight <= 0)
            {
                continue;
            }

            area += weight;
            if (plane[i] >= threshold)
            {
                continue;
            }

            lung += weight;
            var added = weight * Math.Max(0, Math.Clamp(air + ((source[at] - fromAir) * scale), 0, 1) - plane[i]);
            changed[i] += added;
            change += added;
        }

        if (area < LeastArea * plane.Length || lung < LeastLung * area || change < LeastChange * lung)
        {
            return false;
        }

        changed.CopyTo(plane);
        return true;
    }

    private static (float Threshold, (float Air, float Tissue) Means) Levels(ReadOnlySpan<float> plane)
    {
        var threshold = BinaryMask.OtsuThreshold(plane);
        var (dark, darks, bright, brights) = (0.0, 0, 0.0, 0);
        foreach (var value in plane)
        {
            if (value > threshold)
            {
                bright += value;
                brights++;
            }
            else
            {
                dark += value;
                darks++;
            }
        }

        return (threshold, ((float)(dark / Math.Max(darks, 1)), (float)(bright / Math.Max(brights, 1))));
    }

    // Binomial 3x3, so that the region has no hard rim.
    private float[] Smooth(float[] mask)
    {
        var smooth = new float[mask.Length];
        for (var i = _width; i < mask.Length - _width; i++)
        {
            if (i % _width is 0 || i % _width == _width - 1)
            {
                continue;
            }

            smooth[i] = ((4 * mask[i]) + (2 * (mask[i - 1] + mask[i + 1] + mask[i - _width] + mask[i + _width]))
                + mask[i - _width - 1] + mask[i - _width + 1] + mask[i + _width - 1] + mask[i + _width + 1]) / 16;
        }

        return smooth;
    }
}
