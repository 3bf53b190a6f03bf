using System.Security.Cryptography;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Lib.Training.Audit;

/// <summary>
/// The slices that a run was trained on. The same file is known behind a link, in another folder and under another name by its bytes; one that
/// is no longer where it was trained on, by its name, label and group.
/// </summary>
internal sealed class TrainedSlices
{
    private readonly HashSet<string> _paths;
    private readonly HashSet<(string Name, string Label, string Group)> _gone;
    private readonly ILookup<long, string> _byLength;
    private readonly Dictionary<string, string> _hashes = new(StringComparer.Ordinal);

    public TrainedSlices(string splitFile)
    {
        var rows = DataSplit.TrainingRows(splitFile);
        _paths = rows.Select(r => r.Path).ToHashSet(StringComparer.Ordinal);
        _gone = rows.Where(r => r.Group is not null && !File.Exists(r.Path)).Select(r => (Path.GetFileName(r.Path), r.Label, r.Group!)).ToHashSet();
        _byLength = rows.Where(r => File.Exists(r.Path)).ToLookup(r => new FileInfo(r.Path).Length, r => r.Path);
    }

    public bool Contains(SliceRecord slice) =>
        _paths.Contains(slice.Path)
        || (slice.Group is not null && _gone.Contains((Path.GetFileName(slice.Path), slice.Label, slice.Group)))
        || (File.Exists(slice.Path) && _byLength[new FileInfo(slice.Path).Length].Any(path => HashOf(path) == HashOf(slice.Path)));

    private string HashOf(string path)
    {
        if (!_hashes.TryGetValue(path, out var hash))
        {
            using var stream = File.OpenRead(path);
            hash = Convert.ToHexStringLower(SHA256.HashData(stream));
            _hashes[path] = hash;
        }

        return hash;
    }
}
