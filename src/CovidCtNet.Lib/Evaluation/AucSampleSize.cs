namespace CovidCtNet.Lib.Evaluation;

/// <summary>Numbers of cases for a study.</summary>
/// <param name="Positives">Positives, rounded up.</param>
/// <param name="Negatives">Negatives, rounded up.</param>
public readonly record struct AucSampleSize(int Positives, int Negatives)
{
    /// <summary>All cases.</summary>
    public int Total => Positives + Negatives;
}
