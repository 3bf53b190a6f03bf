namespace CovidCtNet.Lib.Onnx;

/// <summary>Base of the errors this library raises about a graph. The message says what was wrong and how to cure it.</summary>
public class OnnxException : Exception
{
    /// <summary>Creates an error without detail.</summary>
    public OnnxException()
    {
    }

    /// <summary>Creates an error with a message.</summary>
    public OnnxException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with a message and its cause.</summary>
    public OnnxException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
