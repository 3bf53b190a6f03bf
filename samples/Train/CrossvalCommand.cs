using System.CommandLine;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Studies;

namespace CovidCtNet.Samples.Train;

/// <summary><c>crossval</c>: trains and tests every fold of whole groups.</summary>
internal sealed class CrossvalCommand : Command
{
    private readonly Argument<string> _data = new("data") { Description = "Folder of class folders, or manifest CSV. Its folds are used where it has them." };
    private readonly Option<string> _positive = new("--positive") { Description = "Name of the positive class.", DefaultValueFactory = _ => "COVID" };
    private readonly Option<string?> _optionsFile = new("--options") { Description = "JSON file of training options, such as the options.json of a run." };
    private readonly Option<int> _folds = new("--folds") { Description = "Folds to draw where the manifest has none.", DefaultValueFactory = _ => 5 };
    private readonly Option<string> _out = new("--out") { Description = "Folder of the study; one that was stopped goes on where it was.", DefaultValueFactory = _ => Path.Combine("runs", "crossval") };

    private readonly Option<int?> _only = new("--only") { Description = "Train this fold alone, counted from 0, and stop: folds can be trained beside one another, and the command without this option gathers them." };

    private readonly Option<bool> _noValidation = new("--no-validation") { Description = "Keep no fold back to validate on: all others train, and each fold's threshold comes from the other folds' scores. Needs a recipe of a fixed number of epochs." };

    private readonly Option<bool> _allowLeaking = new("--allow-leaking") { Description = "Run folds that the audit finds leaking, and label every figure." };

    public CrossvalCommand()
        : base("crossval", "Cross-validation by whole groups; writes out-of-fold.csv and crossval.md with group-bootstrap intervals.")
    {
        Add(_data);
        foreach (var option in (Option[])[_positive, _optionsFile, _folds, _out, _only, _noValidation, _allowLeaking])
        {
            Add(option);
        }

        SetAction((result, cancellationToken) => Guarded.Run(() => Run(result, cancellationToken), "Stopped. Start the same command again to go on."));
    }

    private int Run(ParseResult result, CancellationToken cancellationToken)
    {
        var options = result.GetValue(_optionsFile) is { } file ? TrainingOptions.FromJson(File.ReadAllText(file)) : new TrainingOptions();
        var folder = result.GetRequiredValue(_out);
        var dataset = SliceDataset.Load(SliceManifest.Load(result.GetRequiredValue(_data), result.GetRequiredValue(_positive)), options.Preprocessing, cancellationToken: cancellationToken);
        var splits = SplitsOf(dataset.Slices, result.GetValue(_folds), options.Seed, validate: !result.GetValue(_noValidation));
        if (result.GetValue(_only) is { } fold)
        {
            StudyConsole.Run(progress => CrossValidation.TrainFold(options, dataset, splits, fold, folder, result.GetValue(_allowLeaking), progress, cancellationToken));
            return 0;
        }

        StudyConsole.Run(progress => CrossValidation.Run(options, dataset, splits, folder, result.GetValue(_allowLeaking), progress, cancellationToken));
        Console.WriteLine(File.ReadAllText(Path.Combine(folder, "crossval.md")));
        return 0;
    }

    private static IReadOnlyList<DataSplit> SplitsOf(IReadOnlyList<SliceRecord> slices, int count, int seed, bool validate)
    {
        if (!DataSplit.HasFolds(slices))
        {
            return DataSplit.GroupKFold(slices, count, seed, validate);
        }

        // Each fold is validated on by the model of the fold before it.
        var folds = slices.Select(s => s.Fold!.Value).Distinct().Order().ToArray();
        return [.. folds.Select((fold, i) => DataSplit.ByFold(slices, fold, validate ? folds[(i + 1) % folds.Length] : null))];
    }
}
