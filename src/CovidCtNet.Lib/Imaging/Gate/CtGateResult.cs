namespace CovidCtNet.Lib.Imaging;

/// <summary>What the input gate says about a slice, and what it measured.</summary>
public sealed record CtGateResult
{
    internal CtGateResult(IReadOnlyList<CtGateReason> reasons, CtGateMeasurements measurements)
    {
        Reasons = reasons;
        Measurements = measurements;
    }

    /// <summary>The verdict: refused if one reason refuses, with warnings if there is any reason.</summary>
    public CtGateVerdict Verdict => Reasons.Count == 0
        ? CtGateVerdict.Accepted
        : Reasons.Any(r => r.Refuses) ? CtGateVerdict.Refused : CtGateVerdict.AcceptedWithWarnings;

    /// <summary>Why it is not plainly accepted; empty if it is.</summary>
    public IReadOnlyList<CtGateReason> Reasons { get; }

    /// <summary>The numbers behind the reasons.</summary>
    public CtGateMeasurements Measurements { get; }
}
