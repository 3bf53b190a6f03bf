using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Factorization;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>
/// Ordinary kriging in the plane with the linear variogram, in its dual form (Cressie, "Statistics for Spatial Data", 1993, section 3.2 and
/// eq. 3.4.65): no length and no scale to choose, and the prediction meets every known value.
/// </summary>
internal sealed class Kriging
{
    private readonly (double X, double Y)[] _points;
    private readonly LU<double> _system;
    private readonly double[] _values;

    /// <summary>A weight for each point, and the constant.</summary>
    private readonly Vector<double> _weights;

    /// <param name="points">Where values are known: at least two places, all different.</param>
    /// <param name="values">The values.</param>
    public Kriging((double X, double Y)[] points, double[] values)
    {
        (_points, _values) = (points, values);
        var count = points.Length;
        var system = Matrix<double>.Build.Dense(count + 1, count + 1);
        for (var row = 0; row < count; row++)
        {
            for (var column = 0; column < row; column++)
            {
                system[row, column] = system[column, row] = -Distance(points[row], points[column]);
            }

            // Weights sum to 0, so that the constant is free.
            system[row, count] = system[count, row] = 1;
        }

        _system = system.LU();
        _weights = _system.Solve(Vector<double>.Build.DenseOfEnumerable([.. values, 0]));
    }

    /// <summary>The values predicted at points.</summary>
    public double[] Predict((double X, double Y)[] points) => Array.ConvertAll(points, point =>
    {
        var sum = _weights[_points.Length];
        for (var i = 0; i < _points.Length; i++)
        {
            sum -= Distance(_points[i], point) * _weights[i];
        }

        return sum;
    });

    /// <summary>What the others predict of each known value, in closed form (Dubrule, Mathematical Geology 15, 1983, 687-699).</summary>
    public double[] LeftOut()
    {
        var inverse = _system.Inverse();
        return [.. _values.Select((value, i) => value - (_weights[i] / inverse[i, i]))];
    }

    private static double Distance((double X, double Y) a, (double X, double Y) b) => double.Hypot(a.X - b.X, a.Y - b.Y);
}
