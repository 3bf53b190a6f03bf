using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Samples.Evaluate.Figures;

/// <summary>Compares two tables of scores: paired where both hold the same cases, else as independent sets.</summary>
internal static class ModelComparer
{
    private static readonly (string Name, Func<BinaryMetrics, double> Value)[] Drawn =
    [
        ("Average precision", m => m.AveragePrecision),
        ("Sensitivity", m => m.Sensitivity),
        ("Specificity", m => m.Specificity),
        ("Accuracy", m => m.Accuracy),
        ("Matthews correlation coefficient", m => m.Mcc),
    ];

    public static ModelComparison? Compare(EvaluationResult first, EvaluationResult second, EvaluateSettings settings, CancellationToken cancellationToken)
    {
        ScoreTable a = first.Table;
        ScoreTable b = second.Table;
        if (Math.Min(a.Positives, b.Positives) < 2 || Math.Min(a.Negatives, b.Negatives) < 2)
        {
            return null;
        }

        (ScoreTable? matched, string pairing) = Match(a, b);
        if (matched is null)
        {
            return new ModelComparison(false, pairing, [("AUC", UnpairedAucTest(a, b, settings.Level))]);
        }

        return new ModelComparison(true, pairing, Paired(a, matched, first.Threshold, second.Threshold, settings, cancellationToken));
    }

    /// <summary>The cases of <paramref name="b"/> in the order of <paramref name="a"/>; null if they are others.</summary>
    internal static (ScoreTable? Matched, string Pairing) Match(ScoreTable a, ScoreTable b)
    {
        if (a.Count != b.Count)
        {
            return (null, $"unpaired: {a.Count} and {b.Count} cases");
        }

        if (a.Paths.Length > 0 && b.Paths.Length > 0)
        {
            Dictionary<string, int> rows = new(StringComparer.Ordinal);
            for (int i = 0; i < b.Count; i++)
            {
                if (!rows.TryAdd(b.Paths[i], i))
                {
                    return (null, $"unpaired: '{Path.GetFileName(b.Paths[i])}' occurs twice in {b.Name}");
                }
            }

            if (!a.Paths.All(rows.ContainsKey))
            {
                return (null, "unpaired: the paths differ");
            }

            int[] order = [.. a.Paths.Select(path => rows[path])];
            if (order.Distinct().Count() != order.Length)
            {
                return (null, $"unpaired: a path occurs twice in {a.Name}");
            }

            b = b with
            {
                Labels = [.. order.Select(i => b.Labels[i])],
                Scores = [.. order.Select(i => b.Scores[i])],
                Groups = b.HasGroups ? [.. order.Select(i => b.Groups[i])] : [],
                Paths = [.. a.Paths],
            };
            return b.Labels.SequenceEqual(a.Labels) ? (b, "paired by path") : (null, "unpaired: the labels of equal paths differ");
        }

        return b.Labels.SequenceEqual(a.Labels)
            ? (b, "paired by line: both files list the same labels in the same order")
            : (null, "unpaired: no paths to match by, and the labels differ in order");
    }

    private static List<(string Name, Comparison Result)> Paired(
        ScoreTable a,
        ScoreTable b,
        double firstThreshold,
        double secondThreshold,
        EvaluateSettings settings,
        CancellationToken cancellationToken)
    {
        List<(string, Comparison)> rows = [("AUC", AucTest(a, b, settings.Level))];
        if (!a.HasGroups)
        {
            bool[] firstCalls = [.. a.Scores.Select(score => score >= firstThreshold)];
            bool[] secondCalls = [.. b.Scores.Select(score => score >= secondThreshold)];
            rows.Add(("Accuracy", Lib.Evaluation.Compare.McNemar(a.Labels, firstCalls, secondCalls, McNemarMethod.Exact, settings.Level)));
        }

        var options = new BootstrapOptions
        {
            Replicates = settings.Replicates,
            Seed = settings.Seed,
            Level = settings.Level,
            Threshold = firstThreshold,
            SecondThreshold = secondThreshold,
        };
        var firstMetrics = BinaryMetrics.Compute(a.Labels, a.Scores, firstThreshold);
        var secondMetrics = BinaryMetrics.Compute(b.Labels, b.Scores, secondThreshold);
        foreach ((string name, Func<BinaryMetrics, double> value) in Drawn)
        {
            BootstrapDistribution difference = Bootstrap.Difference<string>(a.Labels, a.Scores, b.Scores, a.Groups, value, options, cancellationToken);
            rows.Add((name, new Comparison(value(firstMetrics), value(secondMetrics), difference.Interval, double.NaN, null, double.NaN, difference.Interval.Method)));
        }

        return rows;
    }

    private static Comparison UnpairedAucTest(ScoreTable a, ScoreTable b, double level)
    {
        if (a.HasGroups && b.HasGroups)
        {
            try
            {
                return Lib.Evaluation.Compare.DeLongUnpairedByGroup(a.Labels, a.Scores, a.Groups, b.Labels, b.Scores, b.Groups, level);
            }
            catch (EvaluationDataException few) when (few.Fault == EvaluationFault.TooFew)
            {
                // Too few groups for a variance between them: the plain test, whose name then says so.
            }
        }

        return Lib.Evaluation.Compare.DeLongUnpaired(a.Labels, a.Scores, b.Labels, b.Scores, level);
    }

    private static Comparison AucTest(ScoreTable a, ScoreTable b, double level)
    {
        if (a.HasGroups)
        {
            try
            {
                return Lib.Evaluation.Compare.DeLongByGroup(a.Labels, a.Scores, b.Scores, a.Groups, level);
            }
            catch (EvaluationDataException few) when (few.Fault == EvaluationFault.TooFew)
            {
                // Too few groups for a variance between them: the plain test, whose name then says so.
            }
        }

        return Lib.Evaluation.Compare.DeLong(a.Labels, a.Scores, b.Scores, level);
    }
}
