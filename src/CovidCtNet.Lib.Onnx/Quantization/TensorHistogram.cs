namespace CovidCtNet.Lib.Onnx.Quantization;

/// <summary>
/// Counts of values in bins of equal width around 0. When a value lies outside, the width doubles and neighbours are joined, so that one
/// pass is enough and the result does not depend on the order of the batches beyond the first width.
/// </summary>
internal sealed class TensorHistogram
{
    /// <summary>Bins on each side of 0.</summary>
    public const int Half = 4096;

    private readonly long[] _counts = new long[2 * Half];

    /// <summary>Width of a bin; 0 until a value other than 0 was seen.</summary>
    public double Width { get; private set; }

    /// <summary>Values seen.</summary>
    public long Count { get; private set; }

    public ReadOnlySpan<long> Counts => _counts;

    /// <summary>Lower edge of a bin.</summary>
    public double Edge(int bin) => (bin - Half) * Width;

    public void Add(ReadOnlySpan<float> values, float largestMagnitude)
    {
        Widen(largestMagnitude);
        Count += values.Length;
        if (Width == 0)
        {
            _counts[Half] += values.Length;
            return;
        }

        var perUnit = 1 / Width;
        foreach (var value in values)
        {
            var bin = (int)Math.Floor(value * perUnit) + Half;
            _counts[Math.Clamp(bin, 0, _counts.Length - 1)]++;
        }
    }

    private void Widen(float largestMagnitude)
    {
        if (Width == 0 && largestMagnitude > 0)
        {
            // A power of two: bins of any two histograms nest.
            Width = Math.Pow(2, Math.Ceiling(Math.Log2(largestMagnitude))) / Half;
            return;
        }

        while (Width > 0 && largestMagnitude > Half * Width)
        {
            Width *= 2;
            var joined = new long[_counts.Length];
            for (var bin = 0; bin < _counts.Length; bin++)
            {
                // Floor division keeps bins of negative values on their side of 0.
                joined[((bin - Half) >> 1) + Half] += _counts[bin];
            }

            joined.CopyTo(_counts, 0);
        }
    }
}
