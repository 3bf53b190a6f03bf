namespace CovidCtNet.Samples.Quantize;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    /// <summary>The model was written.</summary>
    public const int Success = 0;

    /// <summary>The command line, the model or the slices are wrong.</summary>
    public const int Usage = 1;

    /// <summary>The new model loses more than the limits allow; it was not written.</summary>
    public const int Refused = 3;

    /// <summary>Stopped by Ctrl-C (128 + SIGINT, as shells have it).</summary>
    public const int Cancelled = 130;
}
