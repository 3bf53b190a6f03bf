namespace CovidCtNet.Lib.Training.Runs;

/// <summary>A training run cannot start or go on; the message says why and what to do.</summary>
public sealed class TrainingException : Exception
{
    /// <summary>Creates the exception.</summary>
    public TrainingException()
    {
    }

    /// <summary>Creates the exception with its message.</summary>
    public TrainingException(string message)
        : base(message)
    {
    }

    /// <summary>True where the loss was no number any more or grew without bound: another learning rate may do.</summary>
    public bool IsDivergence { get; init; }

    /// <summary>Creates the exception with its message and the cause.</summary>
    public TrainingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
