using System.ComponentModel;

namespace CovidCtNet.Samples.Service;

/// <summary>One finding of the input gate.</summary>
internal sealed record GateReason
{
    [Description("A short name that does not change, such as no-lung.")]
    public required string Code { get; init; }

    [Description("Whether it refuses the slice, or only warns.")]
    public required bool Refuses { get; init; }

    [Description("What was measured and what it may mean.")]
    public required string Message { get; init; }
}
