using System.CommandLine;
using System.Globalization;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Studies;
using Spectre.Console;

namespace CovidCtNet.Samples.Train;

/// <summary><c>review</c>: subgroups, simulated shifts and annotated sets of other hospitals, and the model card.</summary>
internal sealed class ReviewCommand : Command
{
    private readonly Argument<string> _model = new("model") { Description = "ONNX model with its contract." };
    private readonly Argument<string> _data = new("data") { Description = "Manifest CSV with folds; the test fold is scored." };
    private readonly Option<string> _positive = new("--positive") { Description = "Name of the positive class.", DefaultValueFactory = _ => "COVID" };
    private readonly Option<int> _testFold = new("--test-fold") { Description = "Fold that the model did not see; -1 scores no fold.", DefaultValueFactory = _ => 0 };
    private readonly Option<string?> _crossval = new("--crossval") { Description = "Folder of a cross-validation, for a model that was refitted on every slice: each slice is judged by the fold's model that had not seen it, in place of a test fold." };
    private readonly Option<bool> _allowLeaking = new("--allow-leaking") { Description = "Score a fold that the model was trained on, or a cross-validation whose folds leak; the figures are labelled." };
    private readonly Option<string[]> _annotated = new("--annotated") { Description = "name=slices,infection masks,lung masks: an annotated set; may be given several times." };
    private readonly Option<string[]> _limit = new("--limit") { Description = "A sentence on what the model does not do well, for the card; may be given several times. Default: those of the file." };
    private readonly Option<string> _out = new("--out") { Description = "Folder for review.csv and model-card.md.", DefaultValueFactory = _ => Path.Combine("runs", "review") };
    private readonly Option<string?> _seal = new("--seal") { Description = "ONNX file to write: the model with these figures in its contract." };

    public ReviewCommand()
        : base("review", "Figures of a finished model by subgroup, under simulated shifts and on annotated sets; writes review.csv and a model card.")
    {
        Add(_model);
        Add(_data);
        foreach (var option in (Option[])[_positive, _testFold, _crossval, _allowLeaking, _annotated, _limit, _out, _seal])
        {
            Add(option);
        }

        SetAction((result, cancellationToken) => Guarded.Run(() => Run(result, cancellationToken)));
    }

    private int Run(ParseResult result, CancellationToken cancellationToken)
    {
        var path = result.GetRequiredValue(_model);
        var folder = Directory.CreateDirectory(result.GetRequiredValue(_out)).FullName;
        var figures = new List<ModelMetric>();
        using (var model = CovidCtModel.Load(path))
        {
            foreach (var set in result.GetValue(_annotated) ?? [])
            {
                var (name, folders) = Parse(set);
                figures.AddRange(ModelReview.Annotated(model, name, folders, cancellationToken));
            }

            var study = result.GetValue(_crossval);
            if (study is not null || result.GetValue(_testFold) >= 0)
            {
                var data = result.GetRequiredValue(_data);
                var manifest = SliceManifest.Load(data, result.GetRequiredValue(_positive));
                var allowLeaking = result.GetValue(_allowLeaking);
                var scores = study is null ? [] : StudyScores.Load(study, allowLeaking);
                SliceRecord[] test = study is null ? [.. manifest.Slices.Where(s => s.Fold == result.GetValue(_testFold))] : [];
                var leaking = study is null && TestFold.IsLeaking(path, model.Contract.Training, data, result.GetValue(_testFold), test, manifest.Slices, allowLeaking);
                AnsiConsole.Progress().Start(context =>
                {
                    var bar = new Shown(context.AddTask("shifts"));
                    figures.AddRange(study is not null
                        ? OutOfFold(study, scores, manifest, bar, cancellationToken)
                        : ModelReview.TestSlices(model, test, leaking, bar, cancellationToken));
                });
            }
        }

        ModelReview.SaveCsv(Path.Combine(folder, "review.csv"), figures);
        foreach (var m in figures)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{m.Set,-45} {m.Name,-38} {m.Value:F3}  ({m.Lower:F3}-{m.Upper:F3})  {m.Samples} slices, {m.Groups} groups"));
        }

        var output = result.GetValue(_seal) ?? Path.Combine(folder, "model.onnx");
        var contract = ModelReview.Seal(path, output, figures, result.GetValue(_limit) is { Length: > 0 } limits ? limits : null);
        File.WriteAllText(Path.Combine(folder, "model-card.md"), ModelCard.Render(contract));
        Console.WriteLine($"Wrote {output} and {Path.Combine(folder, "model-card.md")}");
        return 0;
    }

    private static IReadOnlyList<ModelMetric> OutOfFold(string study, IReadOnlyList<OutOfFoldSlice> scores, SliceManifest manifest, Shown bar, CancellationToken cancellationToken)
    {
        var slices = manifest.Slices.ToDictionary(s => s.Path, StringComparer.Ordinal);
        if (scores.FirstOrDefault(s => !slices.ContainsKey(s.Path)) is { } other)
        {
            throw new DatasetException($"'{other.Path}' of the cross-validation is not in the manifest: name the manifest that it was run on.");
        }

        var folds = scores.GroupBy(s => s.Fold).ToArray();
        var models = folds.Select(f => CovidCtModel.Load(Path.Combine(study, CrossValidation.FoldFolder(f.Key), CrossValidation.ModelFile))).ToArray();
        try
        {
            return ModelReview.OutOfFold([.. models.Zip(folds, (m, f) => (m, (IReadOnlyList<SliceRecord>)[.. f.Select(s => slices[s.Path])]))], bar, cancellationToken);
        }
        finally
        {
            Array.ForEach(models, m => m.Dispose());
        }
    }

    private static (string Name, AnnotatedSet Set) Parse(string text)
    {
        var (name, folders) = text.Split('=', 2) is [var n, var f] ? (n, f.Split(',')) : (string.Empty, []);
        return folders.Length == 3 && name.Length > 0
            ? (name, new AnnotatedSet { Images = folders[0], Infection = folders[1], Lung = folders[2] })
            : throw new ArgumentException($"'{text}' must read name=slices,infection masks,lung masks.");
    }

    private sealed class Shown(ProgressTask bar) : IProgress<(int Done, int All)>
    {
        public void Report((int Done, int All) value) => (bar.MaxValue, bar.Value) = (value.All, value.Done);
    }
}
