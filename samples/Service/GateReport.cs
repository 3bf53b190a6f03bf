using System.ComponentModel;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Samples.Service;

/// <summary>What the input gate says about one slice.</summary>
internal sealed record GateReport
{
    [Description("accepted, accepted-with-warnings, or refused: then the picture does not look like an axial chest-CT slice, and what the model says about it means nothing.")]
    public required string Verdict { get; init; }

    [Description("Why it is not plainly accepted; empty if it is.")]
    public required IReadOnlyList<GateReason> Reasons { get; init; }

    public static GateReport? From(CtGateResult? gate) => gate is null ? null : new()
    {
        Verdict = gate.Verdict switch
        {
            CtGateVerdict.Accepted => "accepted",
            CtGateVerdict.AcceptedWithWarnings => "accepted-with-warnings",
            _ => "refused",
        },
        Reasons = [.. gate.Reasons.Select(r => new GateReason { Code = r.Code, Refuses = r.Refuses, Message = r.Message })],
    };
}
