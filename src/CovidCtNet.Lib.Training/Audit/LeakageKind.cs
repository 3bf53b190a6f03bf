namespace CovidCtNet.Lib.Training.Audit;

/// <summary>What two slices have in common.</summary>
public enum LeakageKind
{
    /// <summary>The files are equal byte for byte.</summary>
    IdenticalFile,

    /// <summary>The files differ, for instance in their colour mode, but every gray value is the same.</summary>
    IdenticalPixels,

    /// <summary>The same slice under another crop, size, encoding, brightness or contrast, or its next neighbour in a scan.</summary>
    NearDuplicate,

    /// <summary>As <see cref="NearDuplicate"/>, with left and right exchanged.</summary>
    MirroredNearDuplicate,

    /// <summary>As <see cref="NearDuplicate"/>, with top and bottom exchanged.</summary>
    UpsideDownNearDuplicate,

    /// <summary>As <see cref="NearDuplicate"/>, turned by 180 degrees.</summary>
    RotatedNearDuplicate,
}
