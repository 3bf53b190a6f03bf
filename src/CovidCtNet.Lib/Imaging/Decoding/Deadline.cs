using System.Diagnostics;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>The time that decoding may take; checked now and then by loops whose length a file decides.</summary>
internal readonly struct Deadline(CtImageLimits limits, ImageErrors errors)
{
    private readonly long _begun = Stopwatch.GetTimestamp();

    /// <exception cref="CtImageTooLargeException">The time is over.</exception>
    public void Check()
    {
        if (Stopwatch.GetElapsedTime(_begun) > limits.MaximumTime)
        {
            throw errors.TooMuch(
                $"takes longer to decode than {limits.MaximumTime.TotalSeconds:0.###} s, the limit", nameof(CtImageLimits.MaximumTime));
        }
    }
}
