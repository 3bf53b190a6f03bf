using System.Globalization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Robustness.Gate;

/// <summary>
/// Measures the input gate. Groups of slices fall into two halves, in each class in turn by name: limits are set on the first, and the second
/// is only reported.
/// </summary>
internal sealed class GateStudy(int seed, TextWriter output)
{
    private const string UpsideDown = "maybe-upside-down";
    private const int Replicates = 2000;
    private static readonly string[] Halves = ["limits", "unseen"];

    public void Slices(string manifest, bool fit, CancellationToken cancellationToken)
    {
        var slices = SliceManifest.Load(manifest).Slices;
        if (slices.Any(s => s.Group is null))
        {
            throw new DatasetException($"'{manifest}' has slices without a group, so that they cannot be parted into halves: add the column group.");
        }

        var half = slices.Select(s => (s.Positive, Group: s.Group!)).Distinct().GroupBy(s => s.Positive)
            .SelectMany(c => c.Select(s => s.Group).Order(StringComparer.Ordinal).Select((g, i) => (Group: g, Half: i % 2)))
            .ToDictionary(g => g.Group, g => g.Half);
        var all = slices.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(s =>
        {
            var image = CtImage.Load(s.Path);
            return (s.Group, Half: half[s.Group!], Results: GatePictures.Changes.Select(c => CtInputGate.Check(c.Of(image))).ToArray());
        }).ToArray();
        foreach (var which in (int[])[0, 1])
        {
            var part = all.Where(a => a.Half == which).ToArray();
            foreach (var (index, change) in GatePictures.Changes.Index())
            {
                Report($"{Halves[which]} half, {change.Name}", [.. part.Select(p => (p.Group!, p.Results[index]))]);
            }
        }

        if (fit)
        {
            Fit([.. all.Where(a => a.Half == 0).Select(a => a.Results[0].Measurements)]);
        }
    }

    /// <summary>A folder of upright slices of unknown groups, or with a number in their names from which on they lie upside down.</summary>
    public void Folder(string folder, int? upsideDownFrom, CancellationToken cancellationToken)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal).ToArray();
        var all = files.AsParallel().AsOrdered().WithCancellation(cancellationToken).Select(f => (Number: NumberOf(f), Image: Read(f)))
            .Where(f => f.Image is not null)
            .Select(f => (Turned: f.Number >= upsideDownFrom, As: CtInputGate.Check(f.Image!), Flipped: CtInputGate.Check(GatePictures.Changes[1].Of(f.Image!)))).ToArray();
        var name = new DirectoryInfo(folder).Name;
        foreach (var turned in all.Select(a => a.Turned).Distinct().Order())
        {
            var part = all.Where(a => a.Turned == turned).ToArray();
            Report($"{name}, {(turned ? "upside down as published" : "as they are")}", [.. part.Select(p => ("", p.As))]);
            Report($"{name}, {(turned ? "turned upright" : "upside down")}", [.. part.Select(p => ("", p.Flipped))]);
        }
    }

    public void Others()
    {
        foreach (var (name, pictures) in GatePictures.Others(seed))
        {
            Report(name, [.. pictures.Select(p => ("", CtInputGate.Check(p)))]);
        }
    }

    private static CtImage? Read(string file)
    {
        try
        {
            return CtImage.Load(file);
        }
        catch (CtImageException)
        {
            return null;
        }
    }

    private static int? NumberOf(string file)
        => int.TryParse(Path.GetFileNameWithoutExtension(file), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private void Report(string name, IReadOnlyList<(string Group, CtGateResult Result)> all)
    {
        var refused = Share(all, r => r.Verdict == CtGateVerdict.Refused);
        var warned = Share(all, r => r.Verdict == CtGateVerdict.AcceptedWithWarnings);
        var turned = Share(all, r => r.Reasons.Any(x => x.Code == UpsideDown));
        var codes = string.Join(' ', all.SelectMany(a => a.Result.Reasons).GroupBy(r => r.Code).OrderByDescending(g => g.Count()).Take(4).Select(g => $"{g.Key}:{g.Count()}"));
        output.WriteLine($"{name,-42} {all.Count,5}  refused {refused}  warned {warned}  upside down {turned}  {codes}");
    }

    /// <summary>A share with its 95 % interval: whole groups are drawn anew where groups are known.</summary>
    private string Share(IReadOnlyList<(string Group, CtGateResult Result)> all, Func<CtGateResult, bool> holds)
    {
        var groups = all.GroupBy(a => a.Group).Select(g => (Held: g.Count(a => holds(a.Result)), Count: g.Count())).ToArray();
        var value = (double)groups.Sum(g => g.Held) / all.Count;
        if (groups.Length < 2)
        {
            return value.ToString("0.0%", CultureInfo.InvariantCulture);
        }

        var random = new Random(seed);
        double[] drawn = [.. Enumerable.Range(0, Replicates).Select(_ =>
        {
            var (held, count) = (0, 0);
            for (var i = 0; i < groups.Length; i++)
            {
                var g = groups[random.Next(groups.Length)];
                (held, count) = (held + g.Held, count + g.Count);
            }

            return (double)held / count;
        }).Order()];
        return string.Create(CultureInfo.InvariantCulture, $"{value:0.0%} ({drawn[Replicates / 40]:0.0%}-{drawn[Replicates - (Replicates / 40)]:0.0%})");
    }

    private void Fit(CtGateMeasurements[] upright)
    {
        var weights = UprightFit.Fit([.. upright.Select(m => (double[])[m.BoneBelow, m.LungGradient, -m.LungAbove])]);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Weights: bone {weights[0]:0.00}, gradient {weights[1]:0.00}, lung above {weights[2]:0.00}."));
        (string Name, Func<CtGateMeasurements, double> Of)[] numbers =
        [
            ("contrast", m => m.Contrast), ("roughness", m => m.Roughness), ("lung area", m => m.LungArea), ("lung balance", m => m.LungBalance), ("black lung", m => m.BlackLung),
            ("tissue", m => m.Tissue), ("middle column", m => m.MiddleColumn), ("row less column", m => m.MiddleRow - m.MiddleColumn), ("upright", m => m.Upright),
        ];
        foreach (var (name, of) in numbers)
        {
            double[] sorted = [.. upright.Select(of).Order()];
            output.WriteLine($"{name,-16} {string.Join(' ', ((double[])[0, 0.001, 0.002, 0.01, 0.02, 0.05, 0.5, 0.95, 0.98, 0.99, 0.998, 0.999, 1]).Select(q => string.Create(CultureInfo.InvariantCulture, $"{q:0.0%}:{sorted[(int)Math.Round(q * (sorted.Length - 1))]:0.000}")))}");
        }
    }
}
