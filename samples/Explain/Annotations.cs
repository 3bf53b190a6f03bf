using CovidCtNet.Lib.Explanation.Annotations;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Samples.Explain;

/// <summary>Finds the annotation of a slice by its path below the folder that was given, or by its file name where no other slice has it.</summary>
internal sealed class Annotations
{
    private static readonly string[] Extensions = [".png", ".bmp", ".json"];
    private readonly string? _path;
    private readonly SliceNames _names;
    private readonly TextWriter _notes;
    private readonly Dictionary<string, InfectionAnnotation> _listed = new(StringComparer.Ordinal);
    private readonly ILookup<string, string> _listedByFile;
    private readonly HashSet<string> _doubted = new(StringComparer.Ordinal);

    /// <param name="path">A folder, a COCO file, or null for none.</param>
    /// <param name="names">Tells the slices apart.</param>
    /// <param name="notes">Told of annotations that may be of several slices and are not used.</param>
    /// <exception cref="IOException">There is nothing at the path.</exception>
    /// <exception cref="AnnotationException">The COCO file cannot be used.</exception>
    public Annotations(string? path, SliceNames names, TextWriter notes)
    {
        (_path, _names, _notes) = (path, names, notes);
        if (File.Exists(path))
        {
            foreach (var annotation in CocoFile.Read(path))
            {
                _listed[(annotation.SliceName ?? string.Empty).Replace('\\', '/')] = annotation;
            }
        }
        else if (path is not null && !Directory.Exists(path))
        {
            throw new IOException($"{path} is neither a folder nor a file.");
        }

        _listedByFile = _listed.Keys.ToLookup(name => Path.GetFileName(name), StringComparer.Ordinal);
    }

    /// <summary>The annotation of a slice; null where there is none.</summary>
    /// <param name="slice">The slice's file.</param>
    /// <param name="image">The slice.</param>
    /// <exception cref="AnnotationException">The annotation cannot be read.</exception>
    /// <exception cref="IOException">It is of another size than the slice.</exception>
    public InfectionAnnotation? Find(string slice, CtImage image)
    {
        if (_path is null)
        {
            return null;
        }

        var (file, annotation) = Directory.Exists(_path) ? InFolder(slice, _path) : Listed(slice, _path);
        return annotation is null || (annotation.Width == image.Width && annotation.Height == image.Height)
            ? annotation
            : throw new IOException($"{slice}: the slice has {image.Width} x {image.Height} pixels, but its annotation {file} {annotation.Width} x {annotation.Height}. Use the annotation of this slice at its own size.");
    }

    private (string? File, InfectionAnnotation? Annotation) InFolder(string slice, string folder)
    {
        if (_names.Of(slice).Select(name => FileOf(slice, folder, name)).FirstOrDefault(f => f is not null) is { } file)
        {
            return (file, file.EndsWith(".json", StringComparison.Ordinal) ? LabelMeFile.Read(file) : InfectionAnnotation.LoadMask(file));
        }

        Doubt(FileOf(slice, folder, Path.GetFileNameWithoutExtension(slice)));
        return default;
    }

    private (string? File, InfectionAnnotation? Annotation) Listed(string slice, string path)
    {
        var extension = Path.GetExtension(slice);
        var alike = _listedByFile[Path.GetFileName(slice)];
        var name = _names.Of(slice).Select(n => n + extension).FirstOrDefault(_listed.ContainsKey)
            ?? (_names.IsOnly(slice) && alike.Take(2).ToArray() is [var only] ? only : null);
        if (name is not null)
        {
            return ($"{name} of {path}", _listed[name]);
        }

        Doubt(alike.FirstOrDefault());
        return default;
    }

    private void Doubt(string? annotation)
    {
        if (annotation is not null && _doubted.Add(annotation))
        {
            _notes.WriteLine($"{annotation} is not used: there are several slices or annotations of that name. Name it with the slice's folder, as in folder/{Path.GetFileName(annotation)}.");
        }
    }

    // Never the slice itself, which the folder may hold as well.
    private static string? FileOf(string slice, string folder, string name) =>
        Extensions.Select(extension => Path.Combine(folder, name + extension)).FirstOrDefault(file => File.Exists(file) && Path.GetFullPath(file) != Path.GetFullPath(slice));
}
