namespace CovidCtNet.Lib.Evaluation;

/// <summary>
/// The generator of Steele, Lea and Flood (OOPSLA 2014). Every replicate of a bootstrap has its own stream, named by seed and
/// number, so the result does not depend on the threads that computed it, nor on the version of the runtime.
/// </summary>
internal struct SplitMix64
{
    private const ulong Step = 0x9E3779B97F4A7C15;
    private ulong _state;

    public SplitMix64(int seed, int stream)
    {
        // Mixed twice, so that neighbouring seeds and streams share no stretch of the sequence.
        _state = Mix(unchecked((ulong)seed + Step));
        _state = Mix(_state ^ Mix(unchecked(((ulong)(uint)stream + 1) * Step)));
    }

    /// <summary>A number from 0 to <paramref name="count"/> - 1, each equally likely (Lemire, ACM TOMACS 2019).</summary>
    public int Below(int count)
    {
        uint bound = (uint)count;
        ulong product = (Next() >> 32) * bound;
        if ((uint)product < bound)
        {
            uint threshold = unchecked(0u - bound) % bound;
            while ((uint)product < threshold)
            {
                product = (Next() >> 32) * bound;
            }
        }

        return (int)(product >> 32);
    }

    private static ulong Mix(ulong z)
    {
        unchecked
        {
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }

    private ulong Next()
    {
        unchecked
        {
            _state += Step;
        }

        return Mix(_state);
    }
}
