namespace CovidCtNet.Samples.Evaluate.Scores;

/// <summary>Pictures with their labels, to be scored by a model.</summary>
/// <param name="Source">Folder or file they come from.</param>
/// <param name="Paths">Full paths.</param>
/// <param name="Labels">True for a positive case.</param>
/// <param name="Groups">The patient or scan of each picture; empty if unknown.</param>
internal sealed record CaseList(string Source, string[] Paths, bool[] Labels, string[] Groups)
{
    private static readonly string[] ListNames = ["manifest.csv", "groups.csv"];
    private static readonly HashSet<string> PictureExtensions = new([".png", ".jpg", ".jpeg", ".bmp"], StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// Reads a list <c>path,label[,group]</c>, or a folder: one that holds such a list as <c>manifest.csv</c> or
    /// <c>groups.csv</c>, or whose folders are named by class.
    /// </summary>
    /// <param name="source">File or folder.</param>
    /// <param name="classes">Names of the negative and the positive class, in this order.</param>
    /// <param name="filter">Lines of the list to keep; null keeps all.</param>
    /// <exception cref="ScoreFileException">Nothing usable is there.</exception>
    public static CaseList Read(string source, IReadOnlyList<string> classes, CsvFilter? filter)
    {
        string? list = File.Exists(source) ? source : ListNames.Select(name => Path.Combine(source, name)).FirstOrDefault(File.Exists);
        if (list is not null)
        {
            return FromList(list, filter);
        }

        if (!Directory.Exists(source))
        {
            throw new ScoreFileException(source, null, "there is no such file or folder");
        }

        return filter is null
            ? FromFolders(source, classes)
            : throw new ScoreFileException(source, null, $"has no manifest.csv with a column '{filter.Column}' to choose cases by");
    }

    private static CaseList FromList(string file, CsvFilter? filter)
    {
        List<CsvLine> lines = CsvFile.Read(file, ["path", "label"], ["group"], filter);
        string folder = Path.GetDirectoryName(Path.GetFullPath(file)) ?? string.Empty;
        return new CaseList(
            filter is null ? file : $"{file}, {filter}",
            [.. lines.Select(line => Path.GetFullPath(Path.Combine(folder, line.Text("path"))))],
            [.. lines.Select(line => line.Label("label"))],
            lines[0].Has("group") ? [.. lines.Select(line => line.Text("group"))] : []);
    }

    private static CaseList FromFolders(string source, IReadOnlyList<string> classes)
    {
        List<(string Path, bool Label)> found = [];
        foreach ((string name, bool label) in new[] { (classes[0], false), (classes[1], true) })
        {
            string folder = Directory.EnumerateDirectories(source).FirstOrDefault(path => string.Equals(Path.GetFileName(path), name, StringComparison.OrdinalIgnoreCase))
                ?? throw new ScoreFileException(source, null, $"has no folder '{name}': it needs one for each class ({classes[0]}, {classes[1]}), or a manifest.csv with path,label[,group]");
            found.AddRange(Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(path => PictureExtensions.Contains(Path.GetExtension(path)))
                .Order(StringComparer.Ordinal)
                .Select(path => (Path.GetFullPath(path), label)));
        }

        return found.Count > 0
            ? new CaseList(source, [.. found.Select(item => item.Path)], [.. found.Select(item => item.Label)], [])
            : throw new ScoreFileException(source, null, "holds no picture (png, jpg, bmp)");
    }
}
