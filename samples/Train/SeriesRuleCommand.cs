using System.CommandLine;
using System.Globalization;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Studies;

namespace CovidCtNet.Samples.Train;

/// <summary><c>series-rule</c>: fits the rule that judges whole series and writes it into the model's contract.</summary>
internal sealed class SeriesRuleCommand : Command
{
    private readonly Argument<string> _model = new("model") { Description = "ONNX model with its contract." };
    private readonly Argument<string> _data = new("data") { Description = "Manifest CSV with groups and folds." };
    private readonly Option<string> _positive = new("--positive") { Description = "Name of the positive class.", DefaultValueFactory = _ => "COVID" };
    private readonly Option<int> _fitFold = new("--validation-fold") { Description = "Fold that the rule is fitted on: the one that chose the model's threshold.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _testFold = new("--test-fold") { Description = "Fold that it is tried on; -1 tries none.", DefaultValueFactory = _ => 0 };
    private readonly Option<string[]> _without = new("--without") { Description = "Groups to leave out, such as those that share patients with training groups; may be given several times." };
    private readonly Option<string?> _outOfFold = new("--out-of-fold") { Description = "out-of-fold.csv of a cross-validation, for a model that was refitted on every slice: in place of the folds." };
    private readonly Option<string?> _seal = new("--seal") { Description = "ONNX file to write, which may be the model itself: the rule and its figures are in its contract, the weights stay as they are." };

    public SeriesRuleCommand()
        : base("series-rule", "Fits how the slices of a series become one probability, on whole scan groups, and seals the rule into the model.")
    {
        Add(_model);
        Add(_data);
        foreach (var option in (Option[])[_positive, _fitFold, _testFold, _without, _outOfFold, _seal])
        {
            Add(option);
        }

        SetAction((result, cancellationToken) => Guarded.Run(() => Run(result, cancellationToken)));
    }

    private int Run(ParseResult result, CancellationToken cancellationToken)
    {
        var path = result.GetRequiredValue(_model);
        var without = result.GetValue(_without) ?? [];
        var slices = SliceManifest.Load(result.GetRequiredValue(_data), result.GetRequiredValue(_positive)).Slices.Where(s => !without.Contains(s.Group)).ToArray();
        SeriesRuleStudy study;
        using (var model = CovidCtModel.Load(path))
        {
            study = result.GetValue(_outOfFold) is { } scores
                ? SeriesRuleStudy.OutOfFold(model.Contract, [.. OutOfFoldSlice.Load(scores).Where(s => !without.Contains(s.Group))])
                : SeriesRuleStudy.Run(model, Fold(result.GetValue(_fitFold)), Fold(result.GetValue(_testFold)), cancellationToken: cancellationToken);
        }

        Show("fitted", study.Fitted);
        Show("tried", study.Tried);
        foreach (var m in study.Metrics)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{m.Set}: {m.Name} {m.Value:F3} ({m.Lower:F3}-{m.Upper:F3}), {m.Groups} groups"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"slope {study.Rule.Slope:R}, intercept {study.Rule.Intercept:R}"));
        if (result.GetValue(_seal) is { } output)
        {
            ModelReview.Seal(path, output, study.Metrics, null, study.Rule);
            Console.WriteLine($"Wrote {output}");
        }

        return 0;

        SliceRecord[] Fold(int fold) => [.. slices.Where(s => s.Fold == fold)];
    }

    private static void Show(string what, IReadOnlyList<JudgedSeries> series)
    {
        foreach (var s in series)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-7} {s.Group,-8} {(s.Positive ? "positive" : "negative")} {s.Slices,4} slices  {s.Probability:F3}"));
        }
    }
}
