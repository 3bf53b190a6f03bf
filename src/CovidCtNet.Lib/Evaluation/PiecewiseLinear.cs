namespace CovidCtNet.Lib.Evaluation;

/// <summary>Reading and integrating a curve of straight pieces whose x never falls.</summary>
internal static class PiecewiseLinear
{
    /// <summary>The y at <paramref name="at"/>; the lower end of a vertical piece, the first or last y outside the range.</summary>
    public static double At(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double at)
    {
        int upper = 0;
        while (upper < x.Length && x[upper] < at)
        {
            upper++;
        }

        if (upper == x.Length)
        {
            return y[^1];
        }

        if (upper == 0 || x[upper] == at)
        {
            return y[upper];
        }

        double share = (at - x[upper - 1]) / (x[upper] - x[upper - 1]);
        return y[upper - 1] + (share * (y[upper] - y[upper - 1]));
    }

    /// <summary>Integral of y between two x by the trapezoid rule, which is exact for straight pieces.</summary>
    public static double Area(ReadOnlySpan<double> x, ReadOnlySpan<double> y, double from, double to)
    {
        double area = 0;
        for (int i = 1; i < x.Length; i++)
        {
            double left = Math.Max(x[i - 1], from);
            double right = Math.Min(x[i], to);
            if (right <= left)
            {
                continue;
            }

            double slope = (y[i] - y[i - 1]) / (x[i] - x[i - 1]);
            double yLeft = y[i - 1] + (slope * (left - x[i - 1]));
            double yRight = y[i - 1] + (slope * (right - x[i - 1]));
            area += (right - left) * (yLeft + yRight) / 2;
        }

        return area;
    }
}
