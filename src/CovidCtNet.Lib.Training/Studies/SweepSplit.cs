namespace CovidCtNet.Lib.Training.Studies;

/// <summary>How a sweep splits the slices.</summary>
public enum SweepSplit
{
    /// <summary>Whole groups: the folds of the manifest, or drawn by the sweep's seed.</summary>
    Groups,

    /// <summary>Single slices, whatever their groups, as many papers do: a leaking split, and labelled so.</summary>
    Slices,
}
