using System.CommandLine;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Augmentation;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Samples.Train;

/// <summary><c>augment</c>: a contact sheet of what augmentation does to slices.</summary>
internal sealed class AugmentCommand : Command
{
    private readonly Argument<string> _data = new("data") { Description = "Folder of class folders, or manifest CSV." };
    private readonly Option<string> _positive = new("--positive") { Description = "Name of the positive class.", DefaultValueFactory = _ => "COVID" };
    private readonly Option<string?> _optionsFile = new("--options") { Description = "JSON file of augmentation options, or of training options. Default: the default augmentation." };
    private readonly Option<string> _out = new("--out") { Description = "PNG file to write.", DefaultValueFactory = _ => "sheet.png" };
    private readonly Option<int> _count = new("--slices") { Description = "Slices to show.", DefaultValueFactory = _ => 4 };
    private readonly Option<int> _size = new("--size") { Description = "Side of a slice in pixels.", DefaultValueFactory = _ => 128 };
    private readonly Option<CtFit> _fit = new("--fit") { Description = "How slices of another shape are fitted.", DefaultValueFactory = _ => CtFit.Stretch };
    private readonly Option<int> _seed = new("--seed") { Description = "Chooses slices and changes.", DefaultValueFactory = _ => 1 };

    public AugmentCommand()
        : base("augment", "Writes a contact sheet of what augmentation does to slices.")
    {
        Add(_data);
        foreach (var option in (Option[])[_positive, _optionsFile, _out, _count, _size, _fit, _seed])
        {
            Add(option);
        }

        SetAction((result, cancellationToken) => Guarded.Run(() => Run(result, cancellationToken)));
    }

    private int Run(ParseResult result, CancellationToken cancellationToken)
    {
        var options = result.GetValue(_optionsFile) is { } file ? AugmentationOptions.FromJson(File.ReadAllText(file)) : new AugmentationOptions();
        var manifest = SliceManifest.Load(result.GetRequiredValue(_data), result.GetRequiredValue(_positive));
        var (size, path) = (result.GetValue(_size), result.GetRequiredValue(_out));

        // Only the slices that are shown are decoded; both classes in turn.
        var chosen = manifest.Slices.ToArray();
        new Random(result.GetValue(_seed)).Shuffle(chosen);
        SliceRecord[] shown = [.. chosen.GroupBy(s => s.Positive).SelectMany(g => g.Select((s, i) => (Slice: s, Turn: i))).OrderBy(p => p.Turn).Select(p => p.Slice).Take(result.GetValue(_count))];
        var preprocessing = new CtPreprocessing { Width = size, Height = size, Fit = result.GetValue(_fit) };
        var dataset = SliceDataset.Load(manifest.Only(shown), preprocessing, cancellationToken: cancellationToken);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        ContactSheet.Save(path, dataset, [.. Enumerable.Range(0, dataset.Slices.Count)], options, result.GetValue(_seed));
        Console.WriteLine($"Wrote {path}");
        return 0;
    }
}
