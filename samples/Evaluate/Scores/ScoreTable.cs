namespace CovidCtNet.Samples.Evaluate.Scores;

/// <summary>Labels and scores of one model on one set of cases, column by column.</summary>
/// <param name="Name">What the report calls the model or file.</param>
/// <param name="Source">Where the scores come from.</param>
/// <param name="Labels">True for a positive case.</param>
/// <param name="Scores">Higher means more likely positive.</param>
/// <param name="Groups">The patient or scan of each case; empty if unknown.</param>
/// <param name="Paths">The picture of each case; empty if unknown.</param>
internal sealed record ScoreTable(string Name, string Source, bool[] Labels, double[] Scores, string[] Groups, string[] Paths)
{
    /// <summary>Pictures that could not be scored, each with the reason.</summary>
    public IReadOnlyList<string> LeftOut { get; init; } = [];

    public int Count => Labels.Length;

    public int Positives => Labels.Count(label => label);

    public int Negatives => Count - Positives;

    public bool HasGroups => Groups.Length > 0;

    /// <summary>True if all scores can be read as probabilities.</summary>
    public bool AreProbabilities => Scores.All(score => score is >= 0 and <= 1);

    public int GroupCount => Groups.Distinct(StringComparer.Ordinal).Count();
}
