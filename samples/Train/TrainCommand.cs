using System.CommandLine;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Optimisation;
using CovidCtNet.Lib.Training.Runs;

namespace CovidCtNet.Samples.Train;

/// <summary>The command line of the sample: trains one network from labelled slices and exports it.</summary>
internal sealed class TrainCommand : RootCommand
{
    private readonly Argument<string> _data = new("data") { Description = "Folder of class folders, or manifest CSV with the columns path,label[,group][,fold]." };
    private readonly Option<string> _run = new("--run") { Description = "Folder of the run; a run that was stopped goes on from its last checkpoint.", DefaultValueFactory = _ => Path.Combine("runs", "train") };
    private readonly Option<string?> _out = new("--out") { Description = "ONNX file to write. Default: model.onnx in the run folder." };
    private readonly Option<string> _positive = new("--positive") { Description = "Name of the positive class.", DefaultValueFactory = _ => "COVID" };
    private readonly Option<int> _testFold = new("--test-fold") { Description = "Fold that nothing is chosen on (manifests with folds).", DefaultValueFactory = _ => 0 };
    private readonly Option<int> _validationFold = new("--validation-fold") { Description = "Fold that chooses epoch, threshold and temperature (manifests with folds).", DefaultValueFactory = _ => 1 };
    private readonly Option<string?> _optionsFile = new("--options") { Description = "JSON file of training options, such as the options.json of another run; options named here go over it." };
    private readonly Option<double> _width = new("--width") { Description = "Width multiplier of the network, in sixteenths.", DefaultValueFactory = _ => 0.25 };
    private readonly Option<int> _size = new("--size") { Description = "Side of the network's input in pixels.", DefaultValueFactory = _ => 128 };
    private readonly Option<CtFit> _fit = new("--fit") { Description = "How slices of another shape are fitted.", DefaultValueFactory = _ => CtFit.Stretch };
    private readonly Option<bool> _noAttention = new("--no-attention") { Description = "Leave the soft masks out: the plain residual baseline." };
    private readonly Option<int> _epochs = new("--epochs") { Description = "Passes over the training slices.", DefaultValueFactory = _ => 40 };
    private readonly Option<int> _batch = new("--batch") { Description = "Slices per optimizer step.", DefaultValueFactory = _ => 16 };
    private readonly Option<OptimizerKind> _optimizer = new("--optimizer") { Description = "Optimizer.", DefaultValueFactory = _ => OptimizerKind.AdamW };
    private readonly Option<double> _rate = new("--learning-rate") { Description = "Peak learning rate.", DefaultValueFactory = _ => 1e-3 };
    private readonly Option<string?> _from = new("--from") { Description = "Run folder or ONNX file whose weights to start from, or 'default' for the default model; brings its network, size and preprocessing along." };
    private readonly Option<int> _freeze = new("--freeze") { Description = "Stages that stay as they are when starting from other weights: 0 to 4.", DefaultValueFactory = _ => 0 };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of weights, order, augmentation and hold-out split.", DefaultValueFactory = _ => 1 };
    private readonly Option<int> _threads = new("--threads") { Description = "Threads of one torch operation.", DefaultValueFactory = _ => Environment.ProcessorCount };
    private readonly DescriptionOptions _description = new();
    private readonly Option<bool> _skipUnreadable = new("--skip-unreadable") { Description = "List unreadable files and train without them." };

    private readonly Option<string?> _split = new("--split") { Description = "Split to train on, such as the split.csv of another run, in place of folds or a hold-out." };
    private readonly Option<bool> _randomSlices = new("--random-slices") { Description = "Split single slices at random, as papers do: leaks, needs --allow-leaking." };
    private readonly Option<bool> _allowLeaking = new("--allow-leaking") { Description = "Train on a leaking split; every figure and the model contract are labelled." };

    public TrainCommand()
        : base("Trains the residual attention network of CovidCtNet on labelled chest-CT slices. Research use, not a medical device.")
    {
        Add(_data);
        foreach (var option in (Option[])[_run, _out, _positive, _testFold, _validationFold, _optionsFile, _width, _size, _fit, _noAttention, _epochs, _batch, _optimizer, _rate, _from, _freeze, _seed, _threads, .. _description.All, _skipUnreadable, _split, _randomSlices, _allowLeaking])
        {
            Add(option);
        }

        Subcommands.Add(new AuditCommand());
        Subcommands.Add(new AugmentCommand());
        Subcommands.Add(new SweepCommand());
        Subcommands.Add(new CrossvalCommand());
        Subcommands.Add(new RefitCommand());
        Subcommands.Add(new ReviewCommand());
        Subcommands.Add(new SeriesRuleCommand());
        SetAction((result, cancellationToken) => Guarded.Run(() => Run(result, cancellationToken), "Stopped. Start the same command again to go on from the last finished epoch."));
    }

    private int Run(ParseResult result, CancellationToken cancellationToken)
    {
        var options = OptionsOf(result);
        var run = result.GetRequiredValue(_run);
        new TrainingSession(options, _description.Of(result, result.GetRequiredValue(_data)), run, result.GetValue(_out) ?? Path.Combine(run, "model.onnx"), result.GetValue(_allowLeaking)).Run(
            SliceManifest.Load(result.GetRequiredValue(_data), result.GetRequiredValue(_positive)),
            slices => SplitOf(result, slices, options.Seed),
            result.GetValue(_skipUnreadable),
            cancellationToken);
        return 0;
    }

    private DataSplit SplitOf(ParseResult result, IReadOnlyList<SliceRecord> slices, int seed) =>
        result.GetValue(_split) is { } file ? DataSplit.Load(file, slices)
        : result.GetValue(_randomSlices) ? DataSplit.RandomSlices(slices, 0.2, 0.2, seed)
        : DataSplit.HasFolds(slices) ? DataSplit.ByFold(slices, result.GetValue(_testFold), result.GetValue(_validationFold))
        : IsNamed(result, _testFold) || IsNamed(result, _validationFold) ? throw new DatasetException("A fold is named, but the manifest has no folds: add a column 'fold', or leave --test-fold and --validation-fold out for random groups.")
        : DataSplit.HoldOut(slices, 0.2, 0.2, seed);

    // A file gives the base; an option that is named on the command line, or where there is no file its default, goes over it.
    private TrainingOptions OptionsOf(ParseResult result)
    {
        var file = result.GetValue(_optionsFile);
        var from = result.GetValue(_from);
        var options = file is not null ? TrainingOptions.FromJson(File.ReadAllText(file)) : from is not null ? FineTuning.OptionsFrom(from) : new TrainingOptions();
        bool Named(Option option) => (file is null && from is null) || IsNamed(result, option);
        if (Named(_size))
        {
            var size = result.GetValue(_size);
            options = options with
            {
                Network = options.Network with { InputHeight = size, InputWidth = size },
                Preprocessing = options.Preprocessing with { Width = size, Height = size },
            };
        }

        return options with
        {
            Network = options.Network with
            {
                Width = Named(_width) ? result.GetValue(_width) : options.Network.Width,
                Attention = Named(_noAttention) ? !result.GetValue(_noAttention) : options.Network.Attention,
            },
            Preprocessing = options.Preprocessing with { Fit = Named(_fit) ? result.GetValue(_fit) : options.Preprocessing.Fit },
            Optimizer = options.Optimizer with
            {
                Kind = Named(_optimizer) ? result.GetValue(_optimizer) : options.Optimizer.Kind,
                LearningRate = Named(_rate) ? result.GetValue(_rate) : options.Optimizer.LearningRate,
            },
            Epochs = Named(_epochs) ? result.GetValue(_epochs) : options.Epochs,
            BatchSize = Named(_batch) ? result.GetValue(_batch) : options.BatchSize,
            FrozenStages = Named(_freeze) ? result.GetValue(_freeze) : options.FrozenStages,
            StartFrom = Named(_from) ? result.GetValue(_from) : options.StartFrom,
            Seed = Named(_seed) ? result.GetValue(_seed) : options.Seed,
            Threads = Named(_threads) ? result.GetValue(_threads) : options.Threads,
        };
    }

    private static bool IsNamed(ParseResult result, Option option) => result.GetResult(option) is { Implicit: false };
}
