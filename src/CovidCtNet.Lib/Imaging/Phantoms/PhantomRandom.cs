namespace CovidCtNet.Lib.Imaging.Phantoms;

/// <summary>SplitMix64 (Steele, Lea and Flood, 2014): the same numbers on every machine and every version of .NET.</summary>
internal sealed class PhantomRandom(int seed, int stream)
{
    private ulong _state = Mix(((ulong)(uint)seed << 32) | (uint)stream);

    /// <summary>Uniform in [0, 1).</summary>
    public double Next()
    {
        _state += 0x9E3779B97F4A7C15;
        return (Mix(_state) >> 11) * (1.0 / (1UL << 53));
    }

    /// <summary>Uniform between two values.</summary>
    public double Between(double low, double high) => low + ((high - low) * Next());

    /// <summary>Nearly normal, mean 0 and variance 1: the sum of twelve uniform numbers needs no logarithm or cosine.</summary>
    public double Normal()
    {
        var sum = -6.0;
        for (var i = 0; i < 12; i++)
        {
            sum += Next();
        }

        return sum;
    }

    /// <summary>A unit vector at up to <paramref name="tangent"/> = tan(angle / 2) to either side of a direction.</summary>
    public (double X, double Y) Turn((double X, double Y) direction, double tangent)
        => Rotate(direction, Between(-tangent, tangent));

    /// <summary>Turns by the angle whose half has tangent <paramref name="t"/>: rational, without sine and cosine.</summary>
    public static (double X, double Y) Rotate((double X, double Y) direction, double t)
    {
        var (cos, sin) = ((1 - (t * t)) / (1 + (t * t)), 2 * t / (1 + (t * t)));
        return ((direction.X * cos) - (direction.Y * sin), (direction.X * sin) + (direction.Y * cos));
    }

    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
