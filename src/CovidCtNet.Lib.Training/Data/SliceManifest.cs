using System.Globalization;
using CsvHelper;
using CsvHelper.Configuration;

namespace CovidCtNet.Lib.Training.Data;

/// <summary>The list of a data set's slices with their labels, from a folder of class folders or from a CSV file.</summary>
public sealed class SliceManifest
{
    private static readonly string[] ManifestNames = ["manifest.csv", "groups.csv"];

    // DICOM files often have no extension, or the last number of an identifier in its place.
    private static readonly string[] ImageExtensions = [".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".dcm", ".dicom", ".ima", ".nii", ".gz", string.Empty];

    internal SliceManifest(IReadOnlyList<SliceRecord> slices, string positiveClass, string negativeClass)
    {
        Slices = slices;
        PositiveClass = positiveClass;
        NegativeClass = negativeClass;
    }

    /// <summary>The slices, ordered as in the CSV file, or by path.</summary>
    public IReadOnlyList<SliceRecord> Slices { get; }

    /// <summary>Name of the positive class.</summary>
    public string PositiveClass { get; }

    /// <summary>Name of the other class.</summary>
    public string NegativeClass { get; }

    /// <summary>
    /// Files of the class folders that were taken for no images, by their names; hidden files and folders are not listed. Empty where a CSV
    /// file names the slices.
    /// </summary>
    public IReadOnlyList<string> LeftOut { get; private init; } = [];

    /// <summary>Reads a CSV file, a folder that holds a <c>groups.csv</c> or <c>manifest.csv</c>, or a folder of class folders.</summary>
    /// <param name="path">File or folder.</param>
    /// <param name="positiveClass">Name of the positive class.</param>
    /// <exception cref="DatasetException">Nothing there, not two classes, or a broken manifest.</exception>
    public static SliceManifest Load(string path, string positiveClass = "COVID")
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (File.Exists(path))
        {
            return FromCsv(path, positiveClass);
        }

        if (!Directory.Exists(path))
        {
            throw new DatasetException($"'{path}' is neither a manifest CSV nor a folder of class folders.");
        }

        var csv = ManifestNames.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists);
        return csv is null ? FromFolder(path, positiveClass) : FromCsv(csv, positiveClass);
    }

    /// <summary>
    /// Reads a folder whose two sub-folders are the classes; the groups stay unknown. Every file counts whose name is that of a format
    /// which <see cref="Imaging.CtImage.Load(string, Imaging.CtImageLimits)"/> reads, or that has no extension; hidden files and folders and links to
    /// folders do not. The others are listed in <see cref="LeftOut"/>.
    /// </summary>
    /// <exception cref="DatasetException">Not two class folders, or none of them is <paramref name="positiveClass"/>.</exception>
    public static SliceManifest FromFolder(string folder, string positiveClass = "COVID")
    {
        if (!Directory.Exists(folder))
        {
            throw new DatasetException($"The folder '{folder}' does not exist.");
        }

        var files = new DirectoryInfo(folder).EnumerateDirectories().Where(d => !IsHidden(d))
            .OrderBy(d => d.Name, StringComparer.Ordinal)
            .SelectMany(d => FilesOf(d).Order(StringComparer.Ordinal).Select(f => (Path: f, Label: d.Name)))
            .ToLookup(f => IsImageName(f.Path));
        var slices = files[true].Select(f => (f.Path, f.Label, Group: (string?)null, Fold: (int?)null, Source: (string?)null)).ToList();
        return Create(slices, positiveClass, folder, [.. files[false].Select(f => f.Path)]);
    }

    /// <summary>
    /// Reads a CSV file with a header and the columns <c>path,label[,group][,fold][,source]</c> in any order; paths are relative to the file.
    /// </summary>
    /// <exception cref="DatasetException">A column is missing, a line is broken, or there are not two classes.</exception>
    public static SliceManifest FromCsv(string file, string positiveClass = "COVID")
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var slices = new List<(string Path, string Label, string? Group, int? Fold, string? Source)>();
        try
        {
            using var reader = new StreamReader(file);
            using var csv = new CsvReader(reader, new CsvConfiguration(CultureInfo.InvariantCulture) { TrimOptions = TrimOptions.Trim });
            if (!csv.Read() || !csv.ReadHeader())
            {
                throw new DatasetException($"'{file}' is empty: a manifest has the header path,label,group,fold,source.");
            }

            foreach (var column in (string[])["path", "label"])
            {
                if (!csv.HeaderRecord!.Contains(column, StringComparer.Ordinal))
                {
                    throw new DatasetException($"'{file}' has no column '{column}': a manifest has the header path,label,group,fold,source.");
                }
            }

            while (csv.Read())
            {
                var path = Required(csv, "path", file);
                if (path.Contains('\0', StringComparison.Ordinal))
                {
                    throw new DatasetException($"'{file}' has a path with a null character in line {csv.Parser.Row}: save it as text.");
                }

                slices.Add((
                    Path.GetFullPath(Path.Combine(folder, path)),
                    Required(csv, "label", file),
                    Optional(csv, "group"),
                    Fold(csv, file),
                    Optional(csv, "source")));
            }
        }
        catch (CsvHelperException e)
        {
            throw new DatasetException($"'{file}' is not a readable CSV file: {e.Message}", e);
        }

        return Create(slices, positiveClass, file);
    }

    /// <summary>The same slices in other groups or folds.</summary>
    /// <param name="slices">The slices, in the same order and with the same paths and labels.</param>
    /// <exception cref="ArgumentException">The slices are others.</exception>
    public SliceManifest WithSlices(IReadOnlyList<SliceRecord> slices)
    {
        ArgumentNullException.ThrowIfNull(slices);
        return slices.Select(s => (s.Path, s.Label)).SequenceEqual(Slices.Select(s => (s.Path, s.Label)))
            ? new SliceManifest(slices, PositiveClass, NegativeClass)
            : throw new ArgumentException("These are not the slices of the manifest: only groups, folds and sources may differ.", nameof(slices));
    }

    /// <summary>A manifest of some of the slices, with the same classes.</summary>
    /// <param name="slices">Slices of this manifest, in any order.</param>
    /// <exception cref="ArgumentException">One is not of this manifest.</exception>
    public SliceManifest Only(IReadOnlyList<SliceRecord> slices)
    {
        ArgumentNullException.ThrowIfNull(slices);
        var known = Slices.ToHashSet();
        return slices.FirstOrDefault(s => !known.Contains(s)) is { } other
            ? throw new ArgumentException($"'{other.Path}' is not a slice of the manifest.", nameof(slices))
            : new SliceManifest(slices, PositiveClass, NegativeClass);
    }

    /// <summary>Writes <c>path,label,group,fold,source</c>, with paths relative to the file.</summary>
    /// <param name="file">The file; an existing one is replaced once the new one is complete.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string file)
    {
        ArgumentException.ThrowIfNullOrEmpty(file);
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        using var text = new StringWriter(CultureInfo.InvariantCulture);
        using (var csv = new CsvWriter(text, new CsvConfiguration(CultureInfo.InvariantCulture) { NewLine = "\n" }))
        {
            foreach (var column in (string[])["path", "label", "group", "fold", "source"])
            {
                csv.WriteField(column);
            }

            foreach (var slice in Slices)
            {
                csv.NextRecord();
                csv.WriteField(Path.GetRelativePath(folder, slice.Path));
                csv.WriteField(slice.Label);
                csv.WriteField(slice.Group);
                csv.WriteField(slice.Fold);
                csv.WriteField(slice.Source);
            }

            csv.NextRecord();
        }

        AtomicText.Write(file, text.ToString());
    }

    private static IEnumerable<string> FilesOf(DirectoryInfo folder) => folder.EnumerateFileSystemInfos().Where(e => !IsHidden(e)).SelectMany(e => e switch
    {
        // A link to a folder may lead back up.
        DirectoryInfo { LinkTarget: null } inner => FilesOf(inner),
        DirectoryInfo => [],
        _ => [e.FullName],
    });

    private static bool IsHidden(FileSystemInfo entry) =>
        entry.Name.StartsWith('.') || (entry.Attributes & (FileAttributes.Hidden | FileAttributes.System)) != 0;

    private static bool IsImageName(string path)
    {
        var extension = Path.GetExtension(path);
        return ImageExtensions.Contains(extension, StringComparer.OrdinalIgnoreCase) || extension.AsSpan(1).IndexOfAnyExceptInRange('0', '9') < 0;
    }

    private static string Required(CsvReader csv, string column, string file) =>
        csv.GetField(column) is { Length: > 0 } value
            ? value
            : throw new DatasetException($"'{file}', line {csv.Parser.Row}: the column '{column}' is empty.");

    private static string? Optional(CsvReader csv, string column) =>
        csv.TryGetField<string>(column, out var value) && !string.IsNullOrEmpty(value) ? value : null;

    private static int? Fold(CsvReader csv, string file) => Optional(csv, "fold") switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var fold) => fold,
        var text => throw new DatasetException($"'{file}', line {csv.Parser.Row}: the fold '{text}' is not a whole number from 0."),
    };

    private static SliceManifest Create(List<(string Path, string Label, string? Group, int? Fold, string? Source)> slices, string positiveClass, string source, IReadOnlyList<string>? leftOut = null)
    {
        var classes = slices.Select(s => s.Label).Distinct(StringComparer.Ordinal).ToList();
        if (classes.Count != 2 || !classes.Contains(positiveClass, StringComparer.Ordinal))
        {
            throw new DatasetException(
                $"'{source}' must have two classes, one of them the positive class '{positiveClass}'; it has "
                + (classes.Count == 0 ? "no slices" : string.Join(", ", classes.Select(c => $"'{c}'")))
                + (leftOut is { Count: > 0 } ? $"; {leftOut.Count} files are no images by their names, the first: '{leftOut[0]}'." : "."));
        }

        var repeated = slices.GroupBy(s => s.Path, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1);
        if (repeated is not null)
        {
            throw new DatasetException($"'{source}' names '{repeated.Key}' more than once.");
        }

        return new SliceManifest(
            [.. slices.Select(s => new SliceRecord(s.Path, s.Label, s.Label == positiveClass, s.Group, s.Fold, s.Source))],
            positiveClass,
            classes.Single(c => c != positiveClass))
        {
            LeftOut = leftOut ?? [],
        };
    }
}
