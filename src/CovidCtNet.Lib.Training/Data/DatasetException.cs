namespace CovidCtNet.Lib.Training.Data;

/// <summary>A data set cannot be used as it is; the message names the file or column, what is wrong and the cure.</summary>
public sealed class DatasetException : Exception
{
    /// <summary>Creates the exception.</summary>
    public DatasetException()
    {
    }

    /// <summary>Creates the exception with its message.</summary>
    public DatasetException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with its message and the cause.</summary>
    public DatasetException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates the exception with its message and the slices that could not be read.</summary>
    public DatasetException(string message, IReadOnlyList<UnreadableSlice> unreadable)
        : base(message) => Unreadable = unreadable;

    /// <summary>The slices that could not be read, with their reasons; empty where that was not the trouble.</summary>
    public IReadOnlyList<UnreadableSlice> Unreadable { get; } = [];
}
