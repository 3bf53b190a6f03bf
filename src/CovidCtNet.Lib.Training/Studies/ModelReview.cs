using System.Globalization;
using System.Text;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Runs;

namespace CovidCtNet.Lib.Training.Studies;

/// <summary>
/// What a finished model does where it was not trained: subgroups of its test slices, test slices changed as other scanners and exports
/// would change them, and annotated slices of other hospitals. Nothing is chosen here.
/// </summary>
public static class ModelReview
{
    /// <summary>Figures of the test slices as they are, by subgroup, and under each simulated shift.</summary>
    /// <param name="model">The model; its own threshold counts.</param>
    /// <param name="slices">Test slices that the model did not see.</param>
    /// <param name="leaking">True labels the figures as those of a leaking split; those of a model of a leaking split always are.</param>
    /// <param name="progress">Gets the number of pictures scored, of slices times shifts.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CtImageException">A slice cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<ModelMetric> TestSlices(CovidCtModel model, IReadOnlyList<SliceRecord> slices, bool leaking = false, IProgress<(int Done, int All)>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(slices);
        return Review([(model, slices)], DataSplit.Labelled("test", leaking || IsLeaking(model)), progress, cancellationToken);
    }

    /// <summary>The same figures of a recipe: each slice is judged by the model of a cross-validation that had not seen it, at that model's threshold.</summary>
    /// <param name="folds">The models, each with the slices that it was tested on.</param>
    /// <param name="progress">Gets the number of pictures scored, of slices times shifts.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="CtImageException">A slice cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<ModelMetric> OutOfFold(IReadOnlyList<(CovidCtModel Model, IReadOnlyList<SliceRecord> Slices)> folds, IProgress<(int Done, int All)>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(folds);
        return Review(folds, DataSplit.Labelled("out of fold", folds.Any(f => IsLeaking(f.Model))), progress, cancellationToken);
    }

    /// <summary>
    /// How the model's logit follows readers' infection masks: AUC of slices with more than so many infected pixels against those with
    /// none, and Spearman's rank correlation with the infected share of the lung.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Name of the set.</param>
    /// <param name="set">Its folders and limits.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="DatasetException">A folder or mask is missing, or no slice meets the limits.</exception>
    /// <exception cref="CtImageException">A file cannot be read.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static IReadOnlyList<ModelMetric> Annotated(CovidCtModel model, string name, AnnotatedSet set, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(set);
        var cases = set.Cases(cancellationToken).Select(c => (c.Infected, c.Share, c.Group, model.Predict(CtImage.Load(c.Path), cancellationToken).Logit)).ToArray();
        var clear = cases.Where(c => c.Infected == 0 || c.Infected > set.MinimumInfected).ToArray();
        var (groups, labels, logits) = (clear.Select(c => c.Group).ToArray(), clear.Select(c => c.Infected > 0).ToArray(), clear.Select(c => c.Logit).ToArray());
        var figures = new List<ModelMetric>();
        if (labels.Distinct().Count() == 2)
        {
            var auc = Auc.DeLongByGroup<string>(labels, logits, groups);
            figures.Add(Metric("AUC, infected against clean", name, auc, clear.Length, groups.Distinct().Count()));
        }

        var all = cases.Select(c => c.Logit).ToArray();
        figures.Add(Metric(
            "rank correlation with infected share",
            name,
            RankCorrelation.Compute(all, [.. cases.Select(c => c.Share)]),
            cases.Length,
            cases.Select(c => c.Group).Distinct().Count()));
        return figures;
    }

    /// <summary>The model with these figures and limits in its contract, in place of the figures of the same sets; the weights stay as they are.</summary>
    /// <param name="modelPath">ONNX file to read.</param>
    /// <param name="output">ONNX file to write.</param>
    /// <param name="metrics">Figures to add.</param>
    /// <param name="limits">Limits in words; null keeps those of the file.</param>
    /// <param name="seriesRule">How series are judged, fitted for these weights; null keeps that of the file.</param>
    /// <exception cref="ArgumentException">The file has no contract, or one that would not be valid.</exception>
    public static ModelContract Seal(string modelPath, string output, IReadOnlyList<ModelMetric> metrics, IReadOnlyList<string>? limits, CtSeriesRule? seriesRule = null)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var graph = OnnxGraph.Load(modelPath);
        if (!graph.Metadata.TryGetValue(ModelContract.MetadataKey, out var json))
        {
            throw new ArgumentException($"'{modelPath}' has no model contract: export it with this library first.", nameof(modelPath));
        }

        var contract = ModelContract.FromJson(json);
        var replaced = metrics.Select(m => m.Set).ToHashSet(StringComparer.Ordinal);
        var whole = contract with
        {
            Metrics = [.. contract.Metrics.Where(m => !replaced.Contains(m.Set)), .. metrics],
            Limits = limits ?? contract.Limits,
            SeriesRule = seriesRule ?? contract.SeriesRule,
        };
        if (whole.Validate() is [var reason, ..])
        {
            throw new ArgumentException($"The contract of '{modelPath}' would not be valid: {reason}.", nameof(seriesRule));
        }

        graph.Metadata[ModelContract.MetadataKey] = whole.ToJson();
        graph.Save(output);
        return whole;
    }

    /// <summary>The figures as CSV: <c>set,figure,value,lower,upper,level,method,slices,groups</c>.</summary>
    public static void SaveCsv(string path, IEnumerable<ModelMetric> metrics)
    {
        ArgumentNullException.ThrowIfNull(metrics);
        var text = new StringBuilder("set,figure,value,lower,upper,level,method,slices,groups\n");
        foreach (var m in metrics)
        {
            text.Append(CultureInfo.InvariantCulture, $"\"{m.Set}\",\"{m.Name}\",{m.Value:R},{m.Lower:R},{m.Upper:R},{m.Level},\"{m.Method}\",{m.Samples},{m.Groups}\n");
        }

        AtomicText.Write(path, text.ToString());
    }

    private static bool IsLeaking(CovidCtModel model) => model.Contract.Training is { LeakingSplit: true };

    // A score is the calibrated logit less that of the threshold, so that slices of several models can be pooled.
    private static List<ModelMetric> Review(IReadOnlyList<(CovidCtModel Model, IReadOnlyList<SliceRecord> Slices)> parts, string set, IProgress<(int Done, int All)>? progress, CancellationToken cancellationToken)
    {
        (CovidCtModel Model, SliceRecord Slice, CtImage Image)[] cases = [.. parts.SelectMany(p => p.Slices.Select(s => (p.Model, s, CtImage.Load(s.Path))))];
        SliceRecord[] slices = [.. cases.Select(c => c.Slice)];
        var figures = new List<ModelMetric>();
        foreach (var (index, shift) in SimulatedShift.All.Index())
        {
            var scores = new double[cases.Length];
            for (var i = 0; i < cases.Length; i++)
            {
                var contract = cases[i].Model.Contract;
                scores[i] = (cases[i].Model.Predict(shift.Of(cases[i].Image, i), cancellationToken).Logit / contract.Temperature) - Math.Log(contract.Threshold / (1 - contract.Threshold));
                progress?.Report(((index * cases.Length) + i + 1, cases.Length * SimulatedShift.All.Count));
            }

            figures.AddRange(Figures(slices, scores, index == 0 ? set : $"{set}, shift: {shift.Name}"));
            if (index == 0)
            {
                figures.AddRange(Subgroups(slices, [.. cases.Select(c => c.Image)], scores, set));
            }
        }

        return figures;
    }

    // What can be told apart without knowing patients: how large and how bright the published picture is.
    private static IEnumerable<ModelMetric> Subgroups(SliceRecord[] slices, CtImage[] images, double[] scores, string set)
    {
        (string Name, Func<CtImage, double> Of)[] properties =
        [
            ("picture area", i => (double)i.Width * i.Height),
            ("mean gray", i => i.Pixels.ToArray().Average() / i.MaximumValue),
        ];
        foreach (var (name, of) in properties)
        {
            var values = images.Select(of).ToArray();
            var median = values.Order().ElementAt(values.Length / 2);
            foreach (var high in (bool[])[false, true])
            {
                var part = Enumerable.Range(0, values.Length).Where(i => values[i] >= median == high).ToArray();
                var records = part.Select(i => slices[i]).ToArray();
                if (records.Select(r => r.Positive).Distinct().Count() == 2)
                {
                    foreach (var figure in Figures(records, [.. part.Select(i => scores[i])], $"{set}, {name} {(high ? "at or above" : "below")} the median"))
                    {
                        yield return figure;
                    }
                }
            }
        }
    }

    private static ModelMetric[] Figures(IReadOnlyList<SliceRecord> slices, double[] scores, string set) =>
        GroupedFigures.Compute([.. slices.Select(s => s.Positive)], scores, [.. slices.Select(s => s.Group)], 0, set);

    private static ModelMetric Metric(string name, string set, Interval value, int samples, int groups) => new()
    {
        Name = name,
        Set = set,
        Value = value.Estimate,
        Lower = double.IsFinite(value.Lower) ? value.Lower : null,
        Upper = double.IsFinite(value.Upper) ? value.Upper : null,
        Level = value.Level,
        Method = value.Method,
        Samples = samples,
        Groups = groups,
    };
}
