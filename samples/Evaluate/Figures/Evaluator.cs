using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Samples.Evaluate.Figures;

/// <summary>
/// Computes all figures with the interval that fits each: by group where there are groups, else Wilson for proportions, DeLong for the
/// area and the bootstrap for the rest.
/// </summary>
internal static class Evaluator
{
    private const int BandPoints = 101;
    private const int Bins = 10;

    public static EvaluationResult Evaluate(ScoreTable table, EvaluateSettings settings, IProgress<double>? progress, CancellationToken cancellationToken)
    {
        var confusion = ConfusionMatrix.Compute(table.Labels, table.Scores, settings.Threshold);
        bool both = table.Positives > 0 && table.Negatives > 0;
        bool probabilities = table.AreProbabilities;
        bool canResample = table.HasGroups ? table.GroupCount > 1 : table.Count > 1;
        var options = new BootstrapOptions
        {
            Replicates = settings.Replicates,
            Seed = settings.Seed,
            Level = settings.Level,
            Threshold = settings.Threshold,
            Progress = progress,
        };
        return new EvaluationResult
        {
            Table = table,
            Threshold = settings.Threshold,
            ThresholdOrigin = settings.ThresholdOrigin,
            Confusion = confusion,
            Figures = Figures(table, confusion, options, canResample, cancellationToken),
            Prevalences = [.. settings.Prevalences.Select(p => new PrevalenceRow(p, confusion.PrecisionAt(p), confusion.NegativePredictiveValueAt(p)))],
            Histogram = ScoreHistogram.Compute(table.Labels, table.Scores, 25),
            Roc = both ? RocCurve.Compute(table.Labels, table.Scores) : null,
            RocBand = both && canResample
                ? RocBand.Compute<string>(table.Labels, table.Scores, table.Groups, BandPoints, options with { Progress = null }, cancellationToken)
                : [],
            PrecisionRecall = table.Positives > 0 ? PrecisionRecallCurve.Compute(table.Labels, table.Scores) : null,
            Reliability = probabilities ? Reliability(table, settings.Level) : [],
            Calibration = both && probabilities ? CalibrationSummary.Compute(table.Labels, table.Scores) : null,
        };
    }

    private static List<FigureRow> Figures(
        ScoreTable table,
        ConfusionMatrix confusion,
        BootstrapOptions options,
        bool canResample,
        CancellationToken cancellationToken)
    {
        FigureDefinition[] figures = [.. FigureCatalog.All.Where(figure => figure.Kind != FigureKind.Calibration || table.AreProbabilities)];
        Func<BinaryMetrics, double>[] metrics = [.. figures.Select(figure => figure.Value)];
        Interval[] Draw(string[] groups) => canResample
            ? [.. Bootstrap.Distributions<string>(table.Labels, table.Scores, groups, metrics, options: options, cancellationToken: cancellationToken).Select(d => d.Interval)]
            : Plain(table, metrics, options);

        Interval[] independent = Draw([]);
        Interval[] drawn = table.HasGroups ? Draw(table.Groups) : independent;
        List<FigureRow> rows = [];
        for (int i = 0; i < figures.Length; i++)
        {
            Interval naive = IfIndependent(table, confusion, figures[i], independent[i]);
            rows.Add(table.HasGroups
                ? new FigureRow(figures[i], ByGroup(table, figures[i], drawn[i]), naive)
                : new FigureRow(figures[i], naive, null));
        }

        return rows;
    }

    private static Interval[] Plain(ScoreTable table, Func<BinaryMetrics, double>[] metrics, BootstrapOptions options)
    {
        var all = BinaryMetrics.Compute(table.Labels, table.Scores, options.Threshold);
        return [.. metrics.Select(metric => new Interval(metric(all), double.NaN, double.NaN, options.Level, "too few to draw from"))];
    }

    private static Interval IfIndependent(ScoreTable table, ConfusionMatrix confusion, FigureDefinition figure, Interval drawn)
    {
        if (figure.Counts?.Invoke(confusion) is { Trials: > 0 } counts)
        {
            return Proportion.Wilson((long)counts.Successes, (long)counts.Trials, drawn.Level);
        }

        if (figure.Key != FigureCatalog.AucKey || table.Positives == 0 || table.Negatives == 0)
        {
            return drawn;
        }

        return drawn.Estimate is > 0 and < 1 && table.Positives > 1 && table.Negatives > 1
            ? Auc.DeLong(table.Labels, table.Scores, drawn.Level)
            : Auc.Newcombe(table.Labels, table.Scores, drawn.Level);
    }

    private static Interval ByGroup(ScoreTable table, FigureDefinition figure, Interval drawn)
    {
        if (figure.Key == FigureCatalog.AucKey && (drawn.Estimate is 0 or 1))
        {
            // Perfectly separated: the bootstrap and DeLong have nothing to vary. Groups count as units, each with its own class.
            int Groups(bool label) => table.Groups.Where((_, i) => table.Labels[i] == label).Distinct(StringComparer.Ordinal).Count();
            Interval separated = Auc.Newcombe(drawn.Estimate, Groups(true), Groups(false), drawn.Level);
            return separated with { Method = $"Newcombe, {table.GroupCount} groups as units" };
        }

        if (figure.Key == FigureCatalog.AucKey && !double.IsNaN(drawn.Estimate))
        {
            try
            {
                return Auc.DeLongByGroup(table.Labels, table.Scores, table.Groups, drawn.Level);
            }
            catch (EvaluationDataException few) when (few.Fault == EvaluationFault.TooFew)
            {
                return drawn;
            }
        }

        // Without a single mistake the bootstrap has nothing to vary. Counting each group as one trial is on the safe side.
        if (figure.Counts is not null && drawn is { Width: 0, Estimate: 0 or 1 })
        {
            int groups = table.GroupCount;
            Interval safe = Proportion.Wilson(drawn.Estimate == 1 ? groups : 0, groups, drawn.Level);
            return safe with { Method = $"Wilson, {groups} groups as trials" };
        }

        return drawn;
    }

    private static List<ReliabilityPoint> Reliability(ScoreTable table, double level) =>
    [
        .. ReliabilityCurve.Compute(table.Labels, table.Scores, Bins, BinStrategy.EqualMass)
            .Select(bin => new ReliabilityPoint(bin, Proportion.Wilson((long)bin.Positives, (long)bin.Weight, level))),
    ];
}
