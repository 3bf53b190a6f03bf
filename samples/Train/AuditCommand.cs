using System.CommandLine;
using System.Globalization;
using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Samples.Train;

/// <summary><c>audit</c>: looks for slices and groups on two sides of a split, and for file properties that give the label away.</summary>
internal sealed class AuditCommand : Command
{
    private const int Shown = 12;
    private readonly Argument<string> _data = new("data") { Description = "Folder of class folders, or manifest CSV with the columns path,label[,group][,fold][,source]." };
    private readonly Option<string> _positive = new("--positive") { Description = "Name of the positive class.", DefaultValueFactory = _ => "COVID" };
    private readonly Option<string?> _split = new("--split") { Description = "Split to audit: the split.csv of a run." };
    private readonly Option<bool> _folds = new("--folds") { Description = "Audit the folds of the manifest." };
    private readonly Option<double> _correlation = new("--correlation") { Description = "Detail correlation from which two slices count as near-duplicates.", DefaultValueFactory = _ => new LeakageAuditOptions().NearDuplicateCorrelation };
    private readonly Option<string?> _json = new("--json") { Description = "Report to write as JSON." };
    private readonly Option<string?> _csv = new("--csv") { Description = "Report to write as CSV." };
    private readonly Option<string?> _regroup = new("--regroup") { Description = "Manifest to write in which groups that share slices are one, with new stratified folds of whole groups." };
    private readonly Option<int> _foldCount = new("--fold-count") { Description = "Folds of the new manifest.", DefaultValueFactory = _ => 5 };
    private readonly Option<int> _seed = new("--seed") { Description = "Seed of the new folds.", DefaultValueFactory = _ => 1 };

    public AuditCommand()
        : base("audit", "Looks for leakage: the same slice or group on two sides, and file properties that give the label away. Exit code 3 where the split leaks.")
    {
        Add(_data);
        foreach (var option in (Option[])[_positive, _split, _folds, _correlation, _json, _csv, _regroup, _foldCount, _seed])
        {
            Add(option);
        }

        SetAction((result, cancellationToken) => Guarded.Run(() => Run(result, cancellationToken)));
    }

    private int Run(ParseResult result, CancellationToken cancellationToken)
    {
        var manifest = SliceManifest.Load(result.GetRequiredValue(_data), result.GetRequiredValue(_positive));
        var options = new LeakageAuditOptions { NearDuplicateCorrelation = result.GetValue(_correlation) };
        var report = result.GetValue(_split) is { } file
            ? LeakageAudit.Run(manifest.Slices, DataSplit.Load(file, manifest.Slices), options, cancellationToken: cancellationToken)
            : result.GetValue(_folds) ? LeakageAudit.RunOnFolds(manifest.Slices, options, cancellationToken: cancellationToken)
            : LeakageAudit.Run(manifest.Slices, null, options, cancellationToken: cancellationToken);
        LeftOutFiles.Print(manifest);
        Print(report);
        Write(result.GetValue(_json), report.SaveJson);
        Write(result.GetValue(_csv), report.SaveCsv);
        Write(result.GetValue(_regroup), path => Regroup(manifest, report, path, result.GetValue(_foldCount), result.GetValue(_seed)));
        return report.IsLeaking ? 3 : 0;
    }

    private static void Print(LeakageReport report)
    {
        Console.WriteLine($"Audited {report.Slices} slices ({report.UngroupedSlices} without a group); split: {report.Split}.");
        foreach (var kind in report.Pairs.GroupBy(p => (p.Kind, p.CrossesSides)).OrderBy(g => g.Key))
        {
            Console.WriteLine($"{kind.Count()} pairs {kind.Key.Kind}{(kind.Key.CrossesSides ? " ACROSS SIDES" : string.Empty)}:");
            foreach (var p in kind.OrderByDescending(p => p.DetailCorrelation).Take(Shown))
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {p.DetailCorrelation:F3}  {Path.GetFileName(p.First)} [{p.FirstGroup} {p.FirstSide}]  {Path.GetFileName(p.Second)} [{p.SecondGroup} {p.SecondSide}]"));
            }
        }

        foreach (var group in report.SharedGroups.Take(Shown))
        {
            Console.WriteLine($"group {group.Group} of {group.Slices} slices lies on several sides: {string.Join(", ", group.Sides)}");
        }

        Console.WriteLine("How well file properties alone tell the classes apart (AUC):");
        foreach (var c in report.Confounds)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {c.Property,-16} {c.Auc:F3}  {c.Detail}"));
        }

        RevealingWarning.Print(report);
        foreach (var file in report.Unreadable)
        {
            Console.Error.WriteLine($"unreadable {file.Path}: {file.Reason}");
        }

        Console.WriteLine(report.IsLeaking ? $"The split LEAKS: {report.Summary}." : "No leak found between sides.");
    }

    private static void Regroup(SliceManifest manifest, LeakageReport report, string path, int folds, int seed)
    {
        var joined = report.JoinGroups(manifest.Slices);
        var fold = GroupFolds.Assign(joined, folds, seed);
        var slices = joined.Select((s, i) => s with { Fold = fold[i] }).ToArray();
        manifest.WithSlices(slices).Save(path);
        foreach (var f in slices.GroupBy(s => s.Fold!.Value).OrderBy(g => g.Key))
        {
            Console.WriteLine($"  fold {f.Key}: {f.Count(s => s.Positive)} positive, {f.Count(s => !s.Positive)} negative slices, {f.Select(s => s.Group).Distinct().Count()} groups");
        }
    }

    private static void Write(string? path, Action<string> save)
    {
        if (path is not null)
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            {
                Directory.CreateDirectory(folder);
            }

            save(path);
            Console.WriteLine($"Wrote {path}");
        }
    }
}
