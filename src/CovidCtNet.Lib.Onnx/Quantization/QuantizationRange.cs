namespace CovidCtNet.Lib.Onnx;

/// <summary>The values of a tensor that 8 bits shall tell apart; what lies outside is clamped.</summary>
public readonly record struct QuantizationRange
{
    /// <summary>Makes a range; it is widened to hold 0, which padding and rectifiers need exactly.</summary>
    /// <param name="minimum">Lowest value; finite.</param>
    /// <param name="maximum">Highest value; finite, not below <paramref name="minimum"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is not finite, or they are in the wrong order.</exception>
    public QuantizationRange(float minimum, float maximum)
    {
        if (!float.IsFinite(minimum) || !float.IsFinite(maximum) || minimum > maximum)
        {
            throw new ArgumentOutOfRangeException(nameof(minimum), $"The range {minimum} to {maximum} needs finite bounds in ascending order.");
        }

        Minimum = Math.Min(minimum, 0);
        Maximum = Math.Max(maximum, 0);
    }

    /// <summary>Lowest value, at most 0.</summary>
    public float Minimum { get; }

    /// <summary>Highest value, at least 0.</summary>
    public float Maximum { get; }

    /// <summary>The step between two neighbouring 8-bit values, above 0: <c>(maximum - minimum) / 255</c>.</summary>
    public float Scale
    {
        get
        {
            var scale = (float)(((double)Maximum - Minimum) / 255);
            // A tensor that is always 0 has no range; any step holds it. A denormal step would make the reciprocal infinite.
            return scale >= 1e-30f ? scale : 1;
        }
    }

    /// <summary>The 8-bit value that stands for 0, 0 to 255.</summary>
    public byte ZeroPoint => (byte)Math.Clamp(Math.Round(-Minimum / (double)Scale), 0, 255);
}
