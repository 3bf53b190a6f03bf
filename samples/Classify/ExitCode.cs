namespace CovidCtNet.Samples.Classify;

/// <summary>What the process returns.</summary>
internal static class ExitCode
{
    /// <summary>Every file was classified.</summary>
    public const int Success = 0;

    /// <summary>The command line, the model or the output file is wrong; nothing was classified.</summary>
    public const int Usage = 1;

    /// <summary>Some files could not be read; the others were classified.</summary>
    public const int Unreadable = 2;

    /// <summary>Stopped by Ctrl-C (128 + SIGINT, as shells have it).</summary>
    public const int Cancelled = 130;
}
