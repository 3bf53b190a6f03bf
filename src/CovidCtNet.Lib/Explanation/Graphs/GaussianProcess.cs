using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>
/// Regression by a Gaussian process with a constant mean and a squared-exponential kernel (Rasmussen and Williams, "Gaussian Processes for
/// Machine Learning", 2006, eq. 2.25-2.26); the length is the one with the highest marginal likelihood (eq. 2.30) of a few.
/// </summary>
internal sealed class GaussianProcess
{
    // A window's effect changes over about its own size; half to one and a half of it leaves room for the network's own blur.
    private static readonly double[] Lengths = [0.35, 0.5, 0.7, 1.0, 1.4];
    private const double Noise = 1e-3;

    private readonly (double X, double Y)[] _points;
    private readonly double _length;
    private readonly double _mean;
    private readonly double _variance;
    private readonly Cholesky<double> _factor;
    private readonly Vector<double> _weights;

    private GaussianProcess((double X, double Y)[] points, double[] values, double length)
    {
        _points = points;
        _length = length;
        _mean = values.Average();
        var centred = Vector<double>.Build.DenseOfEnumerable(values.Select(v => v - _mean));
        var kernel = Matrix<double>.Build.Dense(points.Length, points.Length, (i, j) => Kernel(points[i], points[j]) + (i == j ? Noise : 0));
        _factor = kernel.Cholesky();
        _weights = _factor.Solve(centred);

        // The scale that maximises the likelihood has a closed form.
        _variance = Math.Max(centred.DotProduct(_weights) / points.Length, double.Epsilon);
        LogLikelihood = (-0.5 * points.Length * Math.Log(_variance)) - (0.5 * _factor.DeterminantLn);
    }

    public double LogLikelihood { get; }

    /// <param name="points">Where values are known.</param>
    /// <param name="values">The values.</param>
    /// <param name="scale">The unit of the lengths tried.</param>
    public static GaussianProcess Fit((double X, double Y)[] points, double[] values, double scale) =>
        Lengths.Select(length => new GaussianProcess(points, values, length * scale)).MaxBy(process => process.LogLikelihood)!;

    /// <summary>Mean and standard deviation at points.</summary>
    public (double[] Mean, double[] Deviation) Predict((double X, double Y)[] points)
    {
        var (mean, deviation) = (new double[points.Length], new double[points.Length]);
        for (var p = 0; p < points.Length; p++)
        {
            var point = points[p];
            var covariance = Vector<double>.Build.Dense(_points.Length, i => Kernel(_points[i], point));
            mean[p] = _mean + covariance.DotProduct(_weights);
            deviation[p] = Math.Sqrt(_variance * Math.Max(0, 1 - covariance.DotProduct(_factor.Solve(covariance))));
        }

        return (mean, deviation);
    }

    private double Kernel((double X, double Y) a, (double X, double Y) b)
    {
        var (x, y) = ((a.X - b.X) / _length, (a.Y - b.Y) / _length);
        return Math.Exp(-0.5 * ((x * x) + (y * y)));
    }
}
