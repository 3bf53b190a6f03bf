namespace CovidCtNet.Lib.Imaging.Phantoms;

/// <summary>Smooth noise: values at the points of a lattice, blended by a polynomial.</summary>
internal sealed class ValueNoise(int seed, int stream)
{
    private readonly ulong _key = PhantomRandom.Mix(((ulong)(uint)seed << 32) | (uint)stream);

    /// <summary>Between -1 and 1, with detail about 1 / <paramref name="frequency"/> wide and half as much at half that width.</summary>
    public double At(double x, double y, double frequency)
        => ((2 * Layer(x * frequency, y * frequency)) + Layer((x * frequency * 2) + 31, (y * frequency * 2) + 17)) / 3;

    private double Layer(double x, double y)
    {
        var (left, top) = (Math.Floor(x), Math.Floor(y));
        var (fx, fy) = (Smooth(x - left), Smooth(y - top));
        var (i, j) = ((long)left, (long)top);
        var upper = Blend(Corner(i, j), Corner(i + 1, j), fx);
        var lower = Blend(Corner(i, j + 1), Corner(i + 1, j + 1), fx);
        return Blend(upper, lower, fy);
    }

    private double Corner(long i, long j)
    {
        var bits = PhantomRandom.Mix(_key ^ PhantomRandom.Mix(((ulong)i * 0x9E3779B97F4A7C15) + (ulong)j));
        return ((bits >> 11) * (2.0 / (1UL << 53))) - 1;
    }

    private static double Smooth(double t) => t * t * (3 - (2 * t));

    private static double Blend(double a, double b, double t) => a + ((b - a) * t);
}
