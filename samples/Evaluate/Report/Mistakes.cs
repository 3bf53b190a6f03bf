using CovidCtNet.Samples.Evaluate.Figures;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>Finds the wrong calls that the model was surest of.</summary>
internal static class Mistakes
{
    private const int Shown = 8;
    private const int PerGroup = 2;

    /// <param name="result">The evaluated cases.</param>
    /// <param name="positives">True for missed positives, false for false alarms.</param>
    /// <param name="draw">Draws a case; null if it cannot.</param>
    public static IReadOnlyList<Mistake> Worst(EvaluationResult result, bool positives, Func<int, CasePicture?> draw)
    {
        var table = result.Table;
        Dictionary<string, int> fromGroup = new(StringComparer.Ordinal);
        List<Mistake> worst = [];
        var wrong = Enumerable.Range(0, table.Count)
            .Where(i => table.Labels[i] == positives && table.Scores[i] >= result.Threshold != positives)
            .OrderByDescending(i => Math.Abs(table.Scores[i] - result.Threshold))
            .ThenBy(i => i);
        foreach (int i in wrong)
        {
            // Neighbouring slices fail alike; a list of one scan would teach nothing.
            if (table.HasGroups)
            {
                int seen = fromGroup.GetValueOrDefault(table.Groups[i]);
                if (seen == PerGroup)
                {
                    continue;
                }

                fromGroup[table.Groups[i]] = seen + 1;
            }

            worst.Add(new Mistake(i, Math.Abs(table.Scores[i] - result.Threshold), draw(i)));
            if (worst.Count == Shown)
            {
                break;
            }
        }

        return worst;
    }
}
