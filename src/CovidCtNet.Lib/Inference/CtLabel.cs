namespace CovidCtNet.Lib.Inference;

/// <summary>The class that a model calls a slice at its threshold.</summary>
/// <param name="IsPositive">Whether the calibrated probability reached the threshold.</param>
/// <param name="Name">The name of the class, as the model's contract gives it.</param>
public readonly record struct CtLabel(bool IsPositive, string Name)
{
    /// <summary>The name of the class.</summary>
    public override string ToString() => Name;
}
