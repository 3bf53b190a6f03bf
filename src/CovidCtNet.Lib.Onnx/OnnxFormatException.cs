namespace CovidCtNet.Lib.Onnx;

/// <summary>A file or stream that is not an ONNX model this library can use. Names the file, and the node or tensor at fault.</summary>
public sealed class OnnxFormatException : OnnxException
{
    /// <summary>Creates an error without detail.</summary>
    public OnnxFormatException()
    {
    }

    /// <summary>Creates an error with a message.</summary>
    public OnnxFormatException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with a message and its cause.</summary>
    public OnnxFormatException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an error about one file.</summary>
    /// <param name="file">Path or name of the model.</param>
    /// <param name="element">Node or tensor at fault, or <see langword="null"/>.</param>
    /// <param name="reason">What was wrong, and the cure.</param>
    /// <param name="innerException">The cause, or <see langword="null"/>.</param>
    public OnnxFormatException(string file, string? element, string reason, Exception? innerException = null)
        : base(element is null ? $"'{file}': {reason}" : $"'{file}', '{element}': {reason}", innerException)
    {
        File = file;
        Element = element;
        Reason = reason;
    }

    /// <summary>Path or name of the model, or <see langword="null"/> where the graph was made in memory.</summary>
    public string? File { get; }

    /// <summary>Name of the node or tensor at fault, or <see langword="null"/> where it is the file as a whole.</summary>
    public string? Element { get; }

    /// <summary>What was wrong, and the cure, without the names.</summary>
    public string? Reason { get; }
}
