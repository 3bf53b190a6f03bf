namespace CovidCtNet.Lib.Training.Data;

/// <summary>What the slices of one side of a split are for.</summary>
public enum SplitSide
{
    /// <summary>Trains the weights.</summary>
    Train,

    /// <summary>Chooses epoch, threshold and temperature.</summary>
    Validation,

    /// <summary>Nothing is chosen on it.</summary>
    Test,
}
