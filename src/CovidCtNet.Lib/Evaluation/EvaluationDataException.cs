namespace CovidCtNet.Lib.Evaluation;

/// <summary>The labels, scores, weights or groups handed over cannot be evaluated; the message says why and what to do.</summary>
public sealed class EvaluationDataException : ArgumentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="fault">What is wrong.</param>
    /// <param name="message">What is wrong, where, and the cure.</param>
    /// <param name="paramName">The argument at fault.</param>
    /// <param name="index">Zero-based index of the first case at fault, if it is a single one.</param>
    public EvaluationDataException(EvaluationFault fault, string message, string? paramName = null, int? index = null)
        : base(message, paramName)
    {
        Fault = fault;
        Index = index;
    }

    /// <summary>What is wrong.</summary>
    public EvaluationFault Fault { get; }

    /// <summary>Zero-based index of the first case at fault; null if the fault is not that of a single case.</summary>
    public int? Index { get; }
}
