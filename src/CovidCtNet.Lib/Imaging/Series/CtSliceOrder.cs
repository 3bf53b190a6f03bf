namespace CovidCtNet.Lib.Imaging;

/// <summary>What the slices of a series are ordered by.</summary>
public enum CtSliceOrder
{
    /// <summary>Their place along the normal of the slices, feet first.</summary>
    Position,

    /// <summary>Their instance numbers, since positions are missing.</summary>
    InstanceNumber,
}
