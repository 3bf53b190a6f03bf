namespace CovidCtNet.Lib.Imaging;

/// <summary>The picture was read, and the input gate refuses it: it does not look like an axial chest-CT slice in a lung window.</summary>
public sealed class CtImageRefusedException : CtImageException
{
    internal CtImageRefusedException(string? sourceName, CtGateResult gate)
        : base(
            sourceName,
            $"is refused by the input gate: {string.Join(' ', gate.Reasons.Where(r => r.Refuses).Select(r => r.Message)).TrimEnd('.')}",
            "Leave it out, or use CtGateMode.Warn if it is a chest-CT slice",
            null)
        => Gate = gate;

    /// <summary>What the gate says, and what it measured.</summary>
    public CtGateResult Gate { get; }
}
