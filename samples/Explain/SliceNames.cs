namespace CovidCtNet.Samples.Explain;

/// <summary>
/// Tells slices of one file name apart by the folders that they lie in. A name that no other slice has stays as it is. Case is ignored:
/// results may be written where it makes no difference.
/// </summary>
internal sealed class SliceNames
{
    private readonly Dictionary<string, int> _slicesWithEnd = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _slicesWithPlace = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);
    private readonly string[] _folders;

    /// <param name="given">Files and folders as they were given.</param>
    /// <param name="slices">The slices found.</param>
    public SliceNames(IEnumerable<string> given, IEnumerable<string> slices)
    {
        _folders = [.. given.Where(Directory.Exists).Select(folder => Plain(folder) is { Length: > 0 } plain ? plain + "/" : string.Empty)];

        // A picture and a file beside it that differ in their extension only are of one slice.
        foreach (var stem in slices.Select(StemOf).Distinct(StringComparer.OrdinalIgnoreCase))
        {
            foreach (var end in Ends(stem))
            {
                _slicesWithEnd[end] = _slicesWithEnd.GetValueOrDefault(end) + 1;
            }

            var place = PlaceOf(stem);
            _slicesWithPlace[place] = _slicesWithPlace.GetValueOrDefault(place) + 1;
        }
    }

    /// <summary>Whether no other slice has the file name.</summary>
    public bool IsOnly(string slice) => _slicesWithEnd.GetValueOrDefault(Path.GetFileNameWithoutExtension(slice)) <= 1;

    /// <summary>
    /// What a slice may be called without being taken for another: its path below the folder that was given, then the ends of its path, the
    /// longest first. Without extension, with <c>/</c> between folders.
    /// </summary>
    public IEnumerable<string> Of(string slice)
    {
        var stem = StemOf(slice);
        var place = PlaceOf(stem);
        return (_slicesWithPlace.GetValueOrDefault(place) == 1 ? [place] : Array.Empty<string>()).Concat(OnlyEnds(stem));
    }

    /// <summary>The shortest name for the results of a slice; no two slices get the same.</summary>
    public string Take(string slice)
    {
        var shortest = OnlyEnds(StemOf(slice)).LastOrDefault() ?? Path.GetFileNameWithoutExtension(slice);
        var name = shortest;
        for (var number = 1; !_taken.Add(name); number++)
        {
            name = shortest + Path.GetExtension(slice) + (number > 1 ? $" {number}" : string.Empty);
        }

        return name;
    }

    private static string StemOf(string slice) => Path.ChangeExtension(Plain(slice), null);

    private static string Plain(string path)
    {
        var full = Path.GetFullPath(path);
        return full[Path.GetPathRoot(full)!.Length..].Replace(Path.DirectorySeparatorChar, '/').TrimEnd('/');
    }

    private static IEnumerable<string> Ends(string stem)
    {
        yield return stem;
        for (var i = stem.IndexOf('/', StringComparison.Ordinal); i >= 0; i = stem.IndexOf('/', i + 1))
        {
            yield return stem[(i + 1)..];
        }
    }

    private IEnumerable<string> OnlyEnds(string stem) => Ends(stem).Where(end => _slicesWithEnd.GetValueOrDefault(end) == 1);

    private string PlaceOf(string stem) => _folders.FirstOrDefault(f => stem.StartsWith(f, StringComparison.Ordinal)) is { } folder
        ? stem[folder.Length..]
        : Path.GetFileName(stem);
}
