using System.Globalization;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Faithfulness;
using CovidCtNet.Lib.Imaging;
using Spectre.Console;

namespace CovidCtNet.Samples.Explain;

/// <summary>Faithfulness of the maps of some slices.</summary>
internal sealed class FaithfulnessTable
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;
    private readonly List<(string Label, double[] Values)> _rows = [];

    public void Add(GraphExplainer explainer, CtImage image, MapJob job, AttentionMap map, CancellationToken cancellationToken)
    {
        var curves = PerturbationTest.Run(explainer, map, null, cancellationToken);
        var randomised = RandomisationTest.Run(explainer, image, job.Method, job.Options, steps: 2, cancellationToken: cancellationToken);
        var repeated = RepeatabilityTest.Run(explainer, image, job.Method, job.Options, shift: Math.Max(1, Math.Min(image.Width, image.Height) / 64), cancellationToken);
        _rows.Add((job.Label, [curves.Deletion.Area, curves.RandomDeletion.Area, curves.Insertion.Area, curves.RandomInsertion.Area, randomised[0].RankCorrelation, randomised[^1].RankCorrelation, repeated.MeanCorrelation]));
    }

    public void Write(IAnsiConsole console, string folder)
    {
        if (_rows.Count == 0)
        {
            return;
        }

        string[] names = ["deletion", "random deletion", "insertion", "random insertion", "half randomised", "all randomised", "shifted"];
        var table = new Table { Title = new TableTitle("Faithfulness: areas (deletion low, insertion high is good); rank correlation to maps of randomised networks (low is good) and correlation to shifted slices (high is good)") };
        table.AddColumns(["map", "slices", .. names]);
        List<string> rows = [string.Join(',', ["map", "slices", .. names.Select(n => n.Replace(' ', '_'))])];
        foreach (var kind in _rows.GroupBy(r => r.Label))
        {
            var means = Enumerable.Range(0, names.Length).Select(i => kind.Select(r => r.Values[i]).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average()).ToArray();
            table.AddRow([Markup.Escape(kind.Key), kind.Count().ToString(Invariant), .. means.Select(m => m.ToString("0.000", Invariant))]);
            rows.Add(string.Join(',', [kind.Key, kind.Count().ToString(Invariant), .. means.Select(m => m.ToString("R", Invariant))]));
        }

        CsvFile.Write(Path.Combine(folder, "faithfulness.csv"), rows);
        console.Write(table);
    }
}
