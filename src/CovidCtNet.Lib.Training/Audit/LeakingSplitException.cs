namespace CovidCtNet.Lib.Training.Audit;

/// <summary>A split has the same scan on more than one side, and leaking splits were not allowed by name.</summary>
public sealed class LeakingSplitException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LeakingSplitException()
    {
    }

    /// <summary>Creates the exception with its message.</summary>
    public LeakingSplitException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its message and the cause.</summary>
    public LeakingSplitException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
