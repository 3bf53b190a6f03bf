using System.Globalization;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Lib.Training.Audit;

/// <summary>How well properties of the files tell the classes apart, with no network.</summary>
internal static class Confounds
{
    public static IReadOnlyList<LabelConfound> Measure(IReadOnlyList<SliceRecord> slices, IReadOnlyList<SliceFingerprint?> fingerprints)
    {
        var read = Enumerable.Range(0, slices.Count).Where(i => fingerprints[i] is not null).ToArray();
        var labels = read.Select(i => slices[i].Positive).ToArray();
        if (labels.Distinct().Count() < 2)
        {
            return [];
        }

        var facts = read.Select(i => fingerprints[i]!.Facts).ToArray();
        return
        [
            Ordered("file size", "bytes", f => f.Bytes),
            Unordered("colour mode", i => facts[i].ColorMode),
            Ordered("width", "px", f => f.Width),
            Ordered("height", "px", f => f.Height),
            Ordered("aspect", "width / height", f => f.Width / (double)f.Height),
            Ordered("mean brightness", "of 255", f => f.Brightness * 255),
            .. read.Any(i => slices[i].Source is not null) ? [Unordered("source", i => slices[read[i]].Source ?? "unknown")] : Array.Empty<LabelConfound>(),
        ];

        LabelConfound Ordered(string property, string unit, Func<FileFacts, double> of)
        {
            var values = facts.Select(of).ToArray();
            var means = ((bool[])[true, false]).Select(label => values.Where((_, i) => labels[i] == label).Average()).ToArray();
            return new LabelConfound(property, Auc.Compute(labels, values), string.Create(CultureInfo.InvariantCulture, $"mean {means[0]:G4} positive, {means[1]:G4} negative ({unit})"));
        }

        LabelConfound Unordered(string property, Func<int, string> of)
        {
            var byValue = Enumerable.Range(0, labels.Length).GroupBy(of, StringComparer.Ordinal)
                .OrderBy(g => g.Key, StringComparer.Ordinal)
                .ToDictionary(g => g.Key, g => (Positive: g.Count(i => labels[i]), All: g.Count()), StringComparer.Ordinal);
            var scores = Enumerable.Range(0, labels.Length).Select(i => byValue[of(i)]).Select(v => v.Positive / (double)v.All).ToArray();
            return new LabelConfound(property, Auc.Compute(labels, scores), string.Join("; ", byValue.Select(v => $"{v.Key}: {v.Value.Positive} positive, {v.Value.All - v.Value.Positive} negative")));
        }
    }
}
