namespace CovidCtNet.Robustness.Gate;

/// <summary>
/// Logistic regression without a constant, by Newton's method: each slice stands for itself the right way up and, with the signs changed, for
/// itself upside down.
/// </summary>
internal static class UprightFit
{
    private const double Ridge = 1e-2;
    private const double FarthestDeviations = 4;
    private const int Rounds = 100;

    /// <param name="rows">Measurements of upright slices.</param>
    /// <returns>The weight of each measurement.</returns>
    public static double[] Fit(IReadOnlyList<double[]> rows)
    {
        var count = rows[0].Length;
        double[] scale = [.. Enumerable.Range(0, count).Select(k => Deviation([.. rows.Select(r => r[k])]))];
        var weights = new double[count];
        for (var round = 0; round < Rounds; round++)
        {
            var gradient = weights.Select(w => Ridge * w).ToArray();
            var curvature = new double[count, count];
            foreach (var row in rows)
            {
                double[] x = [.. row.Zip(scale, (v, s) => Math.Clamp(v / s, -FarthestDeviations, FarthestDeviations))];
                var p = 1 / (1 + Math.Exp(-x.Zip(weights, (a, b) => a * b).Sum()));
                for (var i = 0; i < count; i++)
                {
                    gradient[i] -= x[i] * (1 - p) / rows.Count;
                    for (var j = 0; j < count; j++)
                    {
                        curvature[i, j] += x[i] * x[j] * p * (1 - p) / rows.Count;
                    }
                }
            }

            for (var i = 0; i < count; i++)
            {
                curvature[i, i] += Ridge;
            }

            var step = Solve(curvature, gradient);
            var shrink = Math.Min(1, 2 / step.Max(Math.Abs));
            for (var i = 0; i < count; i++)
            {
                weights[i] -= shrink * step[i];
            }
        }

        return [.. weights.Zip(scale, (w, s) => w / s)];
    }

    private static double Deviation(double[] values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(v => (v - mean) * (v - mean)));
    }

    /// <summary>Gauss's elimination; the matrix is positive definite, so that no rows need to change places.</summary>
    private static double[] Solve(double[,] matrix, double[] right)
    {
        var (a, b, n) = ((double[,])matrix.Clone(), (double[])right.Clone(), right.Length);
        for (var k = 0; k < n; k++)
        {
            for (var i = k + 1; i < n; i++)
            {
                var factor = a[i, k] / a[k, k];
                b[i] -= factor * b[k];
                for (var j = k; j < n; j++)
                {
                    a[i, j] -= factor * a[k, j];
                }
            }
        }

        for (var i = n - 1; i >= 0; i--)
        {
            for (var j = i + 1; j < n; j++)
            {
                b[i] -= a[i, j] * b[j];
            }

            b[i] /= a[i, i];
        }

        return b;
    }
}
