using CovidCtNet.Lib.Explanation.Annotations;

namespace CovidCtNet.Samples.Explain;

/// <summary>Finds the annotation of a slice by its file name.</summary>
internal sealed class Annotations
{
    private static readonly string[] Extensions = [".png", ".bmp"];
    private readonly string? _folder;
    private readonly Dictionary<string, InfectionAnnotation> _listed = new(StringComparer.Ordinal);

    /// <param name="path">A folder, a COCO file, or null for none.</param>
    /// <exception cref="IOException">There is nothing at the path.</exception>
    /// <exception cref="AnnotationException">The COCO file cannot be used.</exception>
    public Annotations(string? path)
    {
        if (File.Exists(path))
        {
            foreach (var annotation in CocoFile.Read(path))
            {
                _listed[Path.GetFileName(annotation.SliceName ?? string.Empty)] = annotation;
            }
        }
        else if (path is not null)
        {
            _folder = Directory.Exists(path) ? path : throw new IOException($"{path} is neither a folder nor a file.");
        }
    }

    /// <summary>The annotation of a slice; null where there is none.</summary>
    public InfectionAnnotation? Find(string slice)
    {
        if (_listed.TryGetValue(Path.GetFileName(slice), out var listed))
        {
            return listed;
        }

        if (_folder is null)
        {
            return null;
        }

        var name = Path.Combine(_folder, Path.GetFileNameWithoutExtension(slice));
        if (Extensions.Select(e => name + e).FirstOrDefault(File.Exists) is { } picture)
        {
            return InfectionAnnotation.LoadMask(picture);
        }

        return File.Exists(name + ".json") ? LabelMeFile.Read(name + ".json") : null;
    }
}
