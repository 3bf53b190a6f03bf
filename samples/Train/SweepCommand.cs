using System.CommandLine;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Studies;

namespace CovidCtNet.Samples.Train;

/// <summary><c>sweep</c>: optimizer x learning rate x loss x seeds from a JSON file, one row each.</summary>
internal sealed class SweepCommand : Command
{
    private readonly Argument<string> _sweep = new("sweep") { Description = "JSON file: base options, optimizers, learningRates, losses, variants, seeds, splits." };
    private readonly Argument<string> _data = new("data") { Description = "Folder of class folders, or manifest CSV." };
    private readonly Option<string> _positive = new("--positive") { Description = "Name of the positive class.", DefaultValueFactory = _ => "COVID" };
    private readonly Option<string> _out = new("--out") { Description = "Folder of the sweep; a sweep that was stopped goes on where it was.", DefaultValueFactory = _ => Path.Combine("runs", "sweep") };

    public SweepCommand()
        : base("sweep", "Trains one network for each row, split and seed of a sweep file; writes sweep.csv and sweep.md.")
    {
        Add(_sweep);
        Add(_data);
        Add(_positive);
        Add(_out);
        SetAction((result, cancellationToken) => Guarded.Run(
            () =>
            {
                var sweep = SweepOptions.FromJson(File.ReadAllText(result.GetRequiredValue(_sweep)));
                var manifest = SliceManifest.Load(result.GetRequiredValue(_data), result.GetRequiredValue(_positive));
                var folder = result.GetRequiredValue(_out);
                StudyConsole.Run(progress => Sweep.Run(sweep, manifest, folder, progress, cancellationToken));
                Console.WriteLine(File.ReadAllText(Path.Combine(folder, "sweep.md")));
                return 0;
            },
            "Stopped. Start the same command again to go on."));
    }
}
