using System.Globalization;
using CovidCtNet.Lib.Explanation.Annotations;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary>An annotated data set: a folder whose sub-folders begin with <c>ct</c>, <c>infection</c> and, if there are any, <c>lung</c>.</summary>
/// <param name="Name">The folder's name.</param>
/// <param name="Slices">Slices with enough of an infection, in order of name.</param>
/// <param name="Grouping">How slices were grouped, in words.</param>
internal sealed record StudySet(string Name, IReadOnlyList<StudySlice> Slices, string Grouping)
{
    /// <summary>A mask smaller than this share of the slice is a speck that says more of the reader than of the map.</summary>
    public const double LeastArea = 0.001;

    private const int BlocksOfUnknownScans = 20;

    /// <summary>The annotated sets below a folder, or the folder itself.</summary>
    /// <exception cref="IOException">There is none.</exception>
    public static IReadOnlyList<StudySet> Find(string root, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(root))
        {
            throw new IOException($"{root} is not a folder.");
        }

        string[] folders = Sub(root, "ct") is null ? [.. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)] : [root];
        StudySet[] sets = [.. folders.Where(f => Sub(f, "ct") is not null && Sub(f, "infection") is not null).Select(f => Read(f, cancellationToken))];
        return sets.Length > 0 ? sets : throw new IOException($"{root} holds no annotated set: a folder with the sub-folders ct…, infection… and lung….");
    }

    /// <summary>Some of the slices, drawn by a seed, in order of name.</summary>
    public IReadOnlyList<StudySlice> Draw(int count, int seed)
    {
        var order = Enumerable.Range(0, Slices.Count).ToArray();
        new Random(seed).Shuffle(order);
        return [.. order.Take(count).Order().Select(i => Slices[i])];
    }

    private static StudySet Read(string folder, CancellationToken cancellationToken)
    {
        var (infections, lungs) = (Sub(folder, "infection")!, Sub(folder, "lung"));
        string[] files = [.. Directory.EnumerateFiles(Sub(folder, "ct")!, "*.png").Order(StringComparer.Ordinal)];
        string[] names = [.. files.Select(f => SliceGroups.Of(f, 0, 0))];
        var known = names.Distinct(StringComparer.Ordinal).Count() > 1;
        var block = Math.Max(1, files.Length / BlocksOfUnknownScans);
        List<StudySlice> slices = [];
        for (var i = 0; i < files.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var (infection, lung) = (Path.Combine(infections, Path.GetFileName(files[i])), lungs is null ? null : Path.Combine(lungs, Path.GetFileName(files[i])));
            if (File.Exists(infection) && InfectionAnnotation.LoadMask(infection).ToMask() is var mask && mask.Count(marked => marked) >= LeastArea * mask.Length)
            {
                var group = known ? names[i] : (i / block).ToString(CultureInfo.InvariantCulture);
                slices.Add(new StudySlice(Path.GetFileNameWithoutExtension(files[i]), files[i], infection, File.Exists(lung) ? lung : null, group));
            }
        }

        return new StudySet(Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))), slices, known ? "scans by file name" : $"scans unknown: blocks of {block} neighbouring files");
    }

    private static string? Sub(string folder, string start) =>
        Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal).FirstOrDefault(d => Path.GetFileName(d).StartsWith(start, StringComparison.Ordinal));
}
