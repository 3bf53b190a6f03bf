namespace CovidCtNet.Lib.Imaging.Series;

/// <summary>Every file below a folder, in order of name; links are not followed, hidden files are left out.</summary>
internal sealed class FolderStore : StudyStore
{
    private readonly List<(string Path, string Name, bool IsLink)> _files;

    private FolderStore(List<(string Path, string Name, bool IsLink)> files) => _files = files;

    public override int Count => _files.Count;

    public static FolderStore Of(string file) => new([(file, Path.GetFileName(file), false)]);

    public static FolderStore Find(string folder, CtStudyOptions options, CancellationToken cancellationToken)
    {
        var files = new List<(string, string, bool)>();
        var enumeration = new EnumerationOptions { RecurseSubdirectories = false, IgnoreInaccessible = false, AttributesToSkip = FileAttributes.Hidden | FileAttributes.System };
        var waiting = new Stack<DirectoryInfo>([new DirectoryInfo(folder)]);
        while (waiting.TryPop(out var current))
        {
            cancellationToken.ThrowIfCancellationRequested();
            foreach (var entry in current.EnumerateFileSystemInfos("*", enumeration))
            {
                var name = Path.GetRelativePath(folder, entry.FullName);
                if (entry is DirectoryInfo directory && entry.LinkTarget is null)
                {
                    waiting.Push(directory);
                    continue;
                }

                files.Add((entry.FullName, name, entry.LinkTarget is not null));
                if (files.Count > options.MaximumFiles)
                {
                    throw new CtImageTooLargeException(
                        folder, $"holds more than {options.MaximumFiles} files, the limit", $"Raise {nameof(CtStudyOptions)}.{nameof(CtStudyOptions.MaximumFiles)} or name a folder of one study");
                }
            }
        }

        files.Sort((a, b) => string.CompareOrdinal(a.Item2, b.Item2));
        return new FolderStore(files);
    }

    public override string NameOf(int file) => _files[file].Name;

    public override (CtSetAsideReason Reason, string Detail)? Refusal(int file)
        => _files[file].IsLink ? (CtSetAsideReason.Link, "It is a symbolic link, which is not followed.") : null;

    public override T Read<T>(int file, Func<Stream, T> read)
    {
        using var stream = CtImage.OpenRead(_files[file].Path);
        return read(stream);
    }
}
