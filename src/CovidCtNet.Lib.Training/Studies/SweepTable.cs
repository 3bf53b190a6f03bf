using System.Globalization;
using System.Text;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Lib.Training.Studies;

/// <summary>Writes a sweep's runs as CSV and their means as a Markdown table.</summary>
internal static class SweepTable
{
    public static void Save(string folder, SweepOptions options, IReadOnlyList<SweepRun> runs, int planned)
    {
        AtomicText.Write(Path.Combine(folder, "sweep.csv"), Csv(runs));
        AtomicText.Write(Path.Combine(folder, "sweep.md"), Markdown(options, runs, planned));
    }

    private static string Csv(IReadOnlyList<SweepRun> runs)
    {
        var text = new StringBuilder("network,optimizer,loss,learning_rate,split,seed,best_epoch,validation_auc,test_auc,test_accuracy,test_accuracy_at_half,test_sensitivity,test_specificity,images_per_second,folder\n");
        foreach (var r in runs)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{r.Network},{r.Optimizer},{r.Loss},{r.LearningRate:R},{SplitName(r.Split, r.IsLeaking)},{r.Seed},{r.BestEpoch},{r.ValidationAuc:R},{r.Auc:R},{r.Accuracy:R},{r.AccuracyAtHalf:R},{r.Sensitivity:R},{r.Specificity:R},{r.ImagesPerSecond:F1},{r.Folder}\n");
        }

        return text.ToString();
    }

    private static string Markdown(SweepOptions options, IReadOnlyList<SweepRun> runs, int planned)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{runs.Count} of {planned} runs finished. Mean ± standard deviation over the seeds; test slices; accuracy at the threshold chosen on the validation slices, and at one half.\n");
        foreach (var split in options.Splits)
        {
            var leaking = runs.Any(r => r.Split == split && r.IsLeaking);
            text.Append(CultureInfo.InvariantCulture, $"\n### Split: {SplitName(split, leaking)}\n\n| network | optimizer | loss | learning rate | runs | AUC | accuracy | accuracy at 0.5 | sensitivity | specificity |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n");
            foreach (var row in runs.Where(r => r.Split == split).GroupBy(r => (r.Network, r.Optimizer, r.Loss, r.LearningRate)))
            {
                var (n, o, l, rate) = row.Key;
                var good = row.Where(r => r.BestEpoch > 0).ToArray();
                var count = good.Length == row.Count() ? $"{good.Length}" : $"{good.Length}, {row.Count() - good.Length} diverged";
                text.Append(CultureInfo.InvariantCulture, $"| {n} | {o} | {l} | {rate:R} | {count} | {Mean(good, r => r.Auc)} | {Mean(good, r => r.Accuracy)} | {Mean(good, r => r.AccuracyAtHalf)} | {Mean(good, r => r.Sensitivity)} | {Mean(good, r => r.Specificity)} |\n");
            }
        }

        return text.ToString();
    }

    private static string SplitName(SweepSplit split, bool leaking) =>
        split == SweepSplit.Slices ? DataSplit.Labelled("random slices", leaking: true) : DataSplit.Labelled("whole groups", leaking);

    private static string Mean(SweepRun[] runs, Func<SweepRun, double> of)
    {
        if (runs.Length == 0)
        {
            return "-";
        }

        var values = runs.Select(of).ToArray();
        var mean = values.Average();
        return values.Length == 1
            ? string.Create(CultureInfo.InvariantCulture, $"{mean:F3}")
            : string.Create(CultureInfo.InvariantCulture, $"{mean:F3} ± {Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Length - 1)):F3}");
    }
}
