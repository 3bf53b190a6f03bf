namespace CovidCtNet.Lib.Transforms;

/// <summary>A column that an ML.NET step reads is missing, or has a type or size that the step cannot use; the message names the cure.</summary>
public sealed class CovidCtSchemaException : ArgumentException
{
    internal CovidCtSchemaException(string columnName, string reason, string cure)
        : base($"Column '{columnName}': {reason}. {cure}.")
    {
        ColumnName = columnName;
        Reason = reason;
        Cure = cure;
    }

    /// <summary>The column as the options name it.</summary>
    public string ColumnName { get; }

    /// <summary>What is wrong, as a phrase without a full stop.</summary>
    public string Reason { get; }

    /// <summary>What to do about it, as a sentence without a full stop.</summary>
    public string Cure { get; }
}
