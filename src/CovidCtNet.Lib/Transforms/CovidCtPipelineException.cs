namespace CovidCtNet.Lib.Transforms;

/// <summary>A saved ML.NET pipeline with steps of this library cannot be used, or a pipeline cannot be saved; the message names the cure.</summary>
public sealed class CovidCtPipelineException : Exception
{
    internal CovidCtPipelineException(string reason, string cure, Exception? innerException = null)
        : base($"{reason}. {cure}.", innerException)
    {
        Reason = reason;
        Cure = cure;
    }

    /// <summary>What is wrong, as a phrase without a full stop.</summary>
    public string Reason { get; }

    /// <summary>What to do about it, as a sentence without a full stop.</summary>
    public string Cure { get; }
}
