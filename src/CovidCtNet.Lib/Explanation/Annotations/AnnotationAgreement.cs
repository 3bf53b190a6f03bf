namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>How far two readers agree on one slice.</summary>
/// <param name="Dice">2 |A and B| / (|A| + |B|), in [0, 1]; 1 where both marked nothing.</param>
/// <param name="Iou">|A and B| / |A or B|, in [0, 1]; 1 where both marked nothing.</param>
/// <param name="Kappa">
/// Cohen's kappa of the pixels (Educational and Psychological Measurement 1960): agreement beyond chance, 1 for full agreement, 0 for that
/// of chance; 1 where both marked nothing.
/// </param>
/// <param name="FirstArea">Pixels the first reader marked.</param>
/// <param name="SecondArea">Pixels the second reader marked.</param>
/// <param name="MeanSurfaceDistance">Mean distance in pixels from the edge pixels of each to the nearest of the other; NaN where one marked nothing.</param>
/// <param name="Hausdorff95">95th percentile of these distances in pixels; NaN where one marked nothing.</param>
public sealed record AnnotationAgreement(
    double Dice, double Iou, double Kappa, int FirstArea, int SecondArea, double MeanSurfaceDistance, double Hausdorff95)
{
    private const double Percentile = 0.95;

    /// <summary>Compares two annotations of the same slice.</summary>
    /// <param name="first">The annotation of one reader.</param>
    /// <param name="second">That of another.</param>
    /// <exception cref="ArgumentException">They are of slices of different size.</exception>
    public static AnnotationAgreement Compute(InfectionAnnotation first, InfectionAnnotation second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        if (first.Width != second.Width || first.Height != second.Height)
        {
            throw new ArgumentException($"The annotations have {first.Width} x {first.Height} and {second.Width} x {second.Height} pixels.", nameof(second));
        }

        var (a, b) = (first.ToMask(), second.ToMask());
        var (both, inFirst, inSecond) = (0, 0, 0);
        for (var i = 0; i < a.Length; i++)
        {
            both += a[i] && b[i] ? 1 : 0;
            inFirst += a[i] ? 1 : 0;
            inSecond += b[i] ? 1 : 0;
        }

        double count = a.Length;
        var either = inFirst + inSecond - both;
        var observed = (count - either + both) / count;
        var expected = ((inFirst / count) * (inSecond / count)) + ((1 - (inFirst / count)) * (1 - (inSecond / count)));
        var (mean, percentile) = Surface(a, b, first.Width, first.Height);
        return new AnnotationAgreement(
            either == 0 ? 1 : 2.0 * both / (inFirst + inSecond),
            either == 0 ? 1 : (double)both / either,
            expected >= 1 ? 1 : (observed - expected) / (1 - expected),
            inFirst,
            inSecond,
            mean,
            percentile);
    }

    private static (double Mean, double Percentile) Surface(bool[] a, bool[] b, int width, int height)
    {
        var (edgeA, edgeB) = (Edge(a, width, height), Edge(b, width, height));
        if (!edgeA.Contains(true) || !edgeB.Contains(true))
        {
            return (double.NaN, double.NaN);
        }

        var (toA, toB) = (DistanceTransform.Squared(edgeA, width, height), DistanceTransform.Squared(edgeB, width, height));
        List<double> distances = [];
        for (var i = 0; i < a.Length; i++)
        {
            if (edgeA[i])
            {
                distances.Add(Math.Sqrt(toB[i]));
            }

            if (edgeB[i])
            {
                distances.Add(Math.Sqrt(toA[i]));
            }
        }

        distances.Sort();
        var position = Percentile * (distances.Count - 1);
        var below = (int)position;
        var next = distances[Math.Min(below + 1, distances.Count - 1)];
        return (distances.Average(), distances[below] + ((position - below) * (next - distances[below])));
    }

    /// <summary>Pixels of a mask with a neighbour by an edge outside it; the world beyond the slice is outside.</summary>
    private static bool[] Edge(bool[] mask, int width, int height)
    {
        var edge = new bool[mask.Length];
        for (var i = 0; i < mask.Length; i++)
        {
            var (x, y) = (i % width, i / width);
            edge[i] = mask[i]
                && (x == 0 || y == 0 || x == width - 1 || y == height - 1 || !mask[i - 1] || !mask[i + 1] || !mask[i - width] || !mask[i + width]);
        }

        return edge;
    }
}
