namespace CovidCtNet.Lib.Onnx;

/// <summary>A node whose operator, or a setting of it, this library cannot differentiate. Names the node and its operator.</summary>
public sealed class OnnxUnsupportedOperatorException : OnnxException
{
    /// <summary>Creates an error without detail.</summary>
    public OnnxUnsupportedOperatorException()
    {
    }

    /// <summary>Creates an error with a message.</summary>
    public OnnxUnsupportedOperatorException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an error with a message and its cause.</summary>
    public OnnxUnsupportedOperatorException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Creates an error about one node.</summary>
    /// <param name="node">Name of the node.</param>
    /// <param name="opType">Operator of the node.</param>
    /// <param name="reason">What is not supported.</param>
    public OnnxUnsupportedOperatorException(string node, string opType, string reason)
        : base($"Node '{node}' ({opType}): {reason}")
    {
        Node = node;
        OpType = opType;
    }

    /// <summary>Name of the node, or of its first output where the node has no name.</summary>
    public string? Node { get; }

    /// <summary>Operator of the node.</summary>
    public string? OpType { get; }
}
