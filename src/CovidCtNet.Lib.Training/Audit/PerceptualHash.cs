using System.Numerics.Tensors;

namespace CovidCtNet.Lib.Training.Audit;

/// <summary>
/// 64 bits that stay nearly the same when a picture is scaled, re-encoded, brightened or slightly cropped: which of the 8 x 8 lowest
/// coefficients of the discrete cosine transform lie above their median (Zauner, "Implementation and Benchmarking of Perceptual Image
/// Hash Functions", 2010, section 3.2.1).
/// </summary>
internal static class PerceptualHash
{
    /// <summary>Side of the planes that are hashed.</summary>
    public const int Side = 32;

    private const int Coefficients = 8;
    private static readonly float[] Cosines = CreateCosines();

    public static ulong Of(ReadOnlySpan<float> plane)
    {
        // Rows first: 8 coefficients of each of the 32 rows, then 8 of each of those columns.
        Span<float> rows = stackalloc float[Coefficients * Side];
        for (var u = 0; u < Coefficients; u++)
        {
            for (var y = 0; y < Side; y++)
            {
                rows[(u * Side) + y] = TensorPrimitives.Dot(plane.Slice(y * Side, Side), Cosines.AsSpan(u * Side, Side));
            }
        }

        Span<float> values = stackalloc float[Coefficients * Coefficients];
        for (var v = 0; v < Coefficients; v++)
        {
            for (var u = 0; u < Coefficients; u++)
            {
                values[(v * Coefficients) + u] = TensorPrimitives.Dot<float>(rows.Slice(u * Side, Side), Cosines.AsSpan(v * Side, Side));
            }
        }

        // The first coefficient is the mean brightness, far above all others, so it stays out of the median.
        Span<float> sorted = stackalloc float[values.Length - 1];
        values[1..].CopyTo(sorted);
        sorted.Sort();
        var median = sorted[sorted.Length / 2];
        var hash = 0UL;
        for (var i = 1; i < values.Length; i++)
        {
            hash |= values[i] > median ? 1UL << i : 0;
        }

        return hash;
    }

    private static float[] CreateCosines()
    {
        var cosines = new float[Coefficients * Side];
        for (var u = 0; u < Coefficients; u++)
        {
            for (var x = 0; x < Side; x++)
            {
                // The orthonormal transform: the first row has its own factor.
                cosines[(u * Side) + x] = (float)(Math.Sqrt((u == 0 ? 1.0 : 2.0) / Side) * Math.Cos(Math.PI * u * ((2 * x) + 1) / (2 * Side)));
            }
        }

        return cosines;
    }
}
