using CovidCtNet.Lib.Explanation.Graphs;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>Kriging against its other form: weights of the known values from the Lagrange system of each point, solved with NumPy.</summary>
public sealed class KrigingTests
{
    // Systems of five points in double precision.
    private const int Digits = 10;
    private static readonly (double X, double Y)[] Points = [(0, 0), (4, 1), (1, 5), (6, 6), (3, 3)];
    private static readonly double[] Values = [1, -2, 0.5, 3, 2];

    [Theory]
    [InlineData(2, 2, 0.736238261510072)]
    [InlineData(5, 0, -1.5210025704653145)]
    [InlineData(7, 3, 0.8660861555651728)]
    public void Predicts_as_the_primal_form_does(double x, double y, double expected) =>
        Assert.Equal(expected, new Kriging(Points, Values).Predict([(x, y)])[0], Digits);

    [Fact]
    public void Meets_known_values() => Assert.All(new Kriging(Points, Values).Predict(Points).Zip(Values), p => Assert.Equal(p.Second, p.First, Digits));

    [Fact]
    public void Leaves_each_point_out_as_a_system_without_it_would()
    {
        double[] expected = [-1.0105124744068603, 2.084518488325811, 2.771993254719506, 0.219775057241404, -0.2257588118326858];
        Assert.All(new Kriging(Points, Values).LeftOut().Zip(expected), p => Assert.Equal(p.Second, p.First, Digits));
    }

    [Fact]
    public void Draws_straight_lines_between_points_of_a_line() =>
        Assert.Equal([1, 2, 3, 4.5, 6], new Kriging([(0, 0), (2, 0), (4, 0)], [1, 3, 6]).Predict([(0, 0), (1, 0), (2, 0), (3, 0), (4, 0)]), (a, b) => Math.Abs(a - b) < 1e-10);
}
