using System.CommandLine;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Studies;

namespace CovidCtNet.Samples.Train;

/// <summary><c>refit</c>: the last run of a recipe, on every slice, with the figures of its cross-validation.</summary>
internal sealed class RefitCommand : Command
{
    private readonly Argument<string> _data = new("data") { Description = "The manifest or folder that the cross-validation was run on." };
    private readonly Option<string> _crossval = new("--crossval") { Description = "Folder of the finished cross-validation: its options are the recipe.", DefaultValueFactory = _ => Path.Combine("runs", "crossval") };
    private readonly Option<string> _positive = new("--positive") { Description = "Name of the positive class.", DefaultValueFactory = _ => "COVID" };
    private readonly Option<string> _run = new("--run") { Description = "Folder of the run; a run that was stopped goes on from its last checkpoint.", DefaultValueFactory = _ => Path.Combine("runs", "refit") };
    private readonly Option<string?> _from = new("--from") { Description = "Where the folds of the cross-validation went on from other runs: the run on every slice, or its ONNX file, to go on from." };
    private readonly Option<string?> _out = new("--out") { Description = "ONNX file to write. Default: model.onnx in the run folder." };
    private readonly Option<bool> _allowLeaking = new("--allow-leaking") { Description = "Refit a cross-validation whose folds leak; every figure and the model contract are labelled." };
    private readonly DescriptionOptions _description = new();

    public RefitCommand()
        : base("refit", "Trains a cross-validated recipe on every slice. Threshold, calibration and figures come from the out-of-fold scores.")
    {
        Add(_data);
        foreach (var option in (Option[])[_crossval, _positive, _run, _from, _out, _allowLeaking, .. _description.All])
        {
            Add(option);
        }

        SetAction((result, cancellationToken) => Guarded.Run(() => Run(result, cancellationToken), "Stopped. Start the same command again to go on."));
    }

    private int Run(ParseResult result, CancellationToken cancellationToken)
    {
        var (study, run) = (result.GetRequiredValue(_crossval), result.GetRequiredValue(_run));
        var scores = StudyScores.Load(study, result.GetValue(_allowLeaking));
        var options = TrainingOptions.FromJson(File.ReadAllText(Path.Combine(study, CrossValidation.FoldFolder(0), "options.json")));
        if (options.SelectBy != ValidationMetric.LastEpoch)
        {
            throw new TrainingException($"The recipe of '{study}' chooses its epoch by validation slices, and a run on every slice has none: cross-validate it with \"selectBy\": \"{nameof(ValidationMetric.LastEpoch)}\".");
        }

        var from = result.GetValue(_from);
        if ((from is null) != (options.StartFrom is null))
        {
            throw new TrainingException(from is null
                ? $"The folds of '{study}' went on from other runs ('{options.StartFrom}' and so on): name with --from the run on every slice to go on from."
                : $"The folds of '{study}' started from fresh weights, so the run on every slice must too: leave --from out.");
        }

        options = options with { StartFrom = from };
        var data = result.GetRequiredValue(_data);
        var manifest = SliceManifest.Load(data, result.GetRequiredValue(_positive));

        // Training takes hours, and figures of other slices would be refused at its end.
        ModelAssessment.RequireScoresOf(manifest.Slices, scores);
        new TrainingSession(options, _description.Of(result, data), run, result.GetValue(_out) ?? Path.Combine(run, "model.onnx"), result.GetValue(_allowLeaking))
        {
            Assess = (model, dataset, split) => ModelAssessment.OfCrossValidation(model, split, dataset, scores),
        }.Run(manifest, slices => SplitOf(slices, scores), skipUnreadable: false, cancellationToken);
        return 0;
    }

    private static DataSplit SplitOf(IReadOnlyList<SliceRecord> slices, IReadOnlyList<OutOfFoldSlice> scores)
    {
        var split = DataSplit.Everything(slices);
        return scores.Any(s => s.Leaking) ? split.AsLeaking(StudyScores.Why) : split;
    }
}
