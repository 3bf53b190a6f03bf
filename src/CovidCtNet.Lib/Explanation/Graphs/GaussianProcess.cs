using CovidCtNet.Lib.Inference;
using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>
/// Regression by a Gaussian process with a constant mean and the Matern kernel of order 5/2 (Rasmussen and Williams, "Gaussian Processes
/// for Machine Learning", 2006, eq. 2.25 and 4.17); length and noise are those with the highest marginal likelihood (eq. 2.30) of a few.
/// </summary>
internal sealed class GaussianProcess
{
    // A window's effect changes over about its own size.
    private static readonly double[] Lengths = [0.35, 0.5, 0.7, 1.0, 1.4, 2.0];

    // Shares of the variance: an effect is not quite smooth, because pooling and strides move with the window.
    private static readonly double[] Noises = [0.001, 0.01, 0.05, 0.2];

    private readonly (double X, double Y)[] _points;
    private readonly double[] _values;
    private readonly double _length;
    private readonly double _mean;
    private readonly Cholesky<double> _factor;
    private readonly Vector<double> _weights;

    private GaussianProcess((double X, double Y)[] points, double[] values, double length, double noise, Matrix<double> kernel)
    {
        _points = points;
        _values = values;
        _length = length;
        _mean = values.Average();
        var centred = Vector<double>.Build.DenseOfEnumerable(values.Select(v => v - _mean));
        var noisy = kernel.Clone();
        for (var i = 0; i < points.Length; i++)
        {
            noisy[i, i] += noise;
        }

        _factor = noisy.Cholesky();
        _weights = _factor.Solve(centred);

        // The scale that maximises the likelihood has a closed form.
        var variance = Math.Max(centred.DotProduct(_weights) / points.Length, double.Epsilon);
        LogLikelihood = (-0.5 * points.Length * Math.Log(variance)) - (0.5 * _factor.DeterminantLn);
    }

    private double LogLikelihood { get; }

    /// <param name="points">Where values are known.</param>
    /// <param name="values">The values.</param>
    /// <param name="scale">The unit of the lengths tried.</param>
    /// <param name="threads">The most threads; 0 for one for each processor.</param>
    public static GaussianProcess Fit((double X, double Y)[] points, double[] values, double scale, int threads)
    {
        var best = new GaussianProcess[Lengths.Length];
        Threads.For(Lengths.Length, threads, i =>
        {
            var length = Lengths[i] * scale;
            var kernel = Matrix<double>.Build.Dense(points.Length, points.Length);
            for (var row = 0; row < points.Length; row++)
            {
                for (var column = 0; column <= row; column++)
                {
                    kernel[row, column] = kernel[column, row] = Kernel(points[row], points[column], length);
                }
            }

            best[i] = Noises.Select(noise => new GaussianProcess(points, values, length, noise, kernel)).MaxBy(process => process.LogLikelihood)!;
        });
        return best.MaxBy(process => process.LogLikelihood)!;
    }

    /// <summary>The mean at points.</summary>
    public double[] Predict((double X, double Y)[] points) => Array.ConvertAll(points, point =>
    {
        var sum = _mean;
        for (var i = 0; i < _points.Length; i++)
        {
            sum += Kernel(_points[i], point, _length) * _weights[i];
        }

        return sum;
    });

    /// <summary>What the others predict of each known value, in closed form (Rasmussen and Williams 2006, eq. 5.12).</summary>
    public double[] LeftOut()
    {
        var inverse = _factor.Solve(Matrix<double>.Build.DenseIdentity(_points.Length));
        return [.. _values.Select((value, i) => value - (_weights[i] / inverse[i, i]))];
    }

    private static double Kernel((double X, double Y) a, (double X, double Y) b, double length)
    {
        var (x, y) = ((a.X - b.X) / length, (a.Y - b.Y) / length);
        var distance = Math.Sqrt(5 * ((x * x) + (y * y)));
        return (1 + distance + (distance * distance / 3)) * Math.Exp(-distance);
    }
}
