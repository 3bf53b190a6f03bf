namespace CovidCtNet.Lib.Imaging;

/// <summary>What the input gate says about a slice.</summary>
public enum CtGateVerdict
{
    /// <summary>It looks like an axial chest-CT slice in a lung window.</summary>
    Accepted,

    /// <summary>It may be one, with something unusual.</summary>
    AcceptedWithWarnings,

    /// <summary>It does not look like one: what a model says about it means nothing.</summary>
    Refused,
}
