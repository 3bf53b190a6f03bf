namespace CovidCtNet.Lib.Inference;

/// <summary>No slice of a series could be judged. The message says what stopped the first, and what to do.</summary>
public sealed class CtSeriesException : Exception
{
    internal CtSeriesException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
