namespace CovidCtNet.Samples.Classify;

/// <summary>
/// Finds the files to classify. A file that is named is taken whatever it is called; below a folder every file is taken, so that a slice
/// with a wrong extension is not lost in silence, except hidden and system files, which no one means.
/// </summary>
internal static class SliceFinder
{
    private static readonly string[] LeftByFileManagers = ["Thumbs.db", "desktop.ini"];

    /// <summary>Every file once, each folder's in order of name.</summary>
    /// <param name="paths">Files and folders; a path that does not exist is passed on, to be reported with the others.</param>
    /// <param name="except">A file to leave out, such as the output of an earlier run; or null.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public static IReadOnlyList<FoundFile> Find(IEnumerable<string> paths, string? except, CancellationToken cancellationToken)
    {
        var found = new List<FoundFile>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        if (except is not null)
        {
            seen.Add(Path.GetFullPath(except));
        }

        foreach (var path in paths)
        {
            if (Directory.Exists(path))
            {
                Walk(path, found, seen, cancellationToken);
            }
            else if (seen.Add(Path.GetFullPath(path)))
            {
                found.Add(new FoundFile(path, null));
            }
        }

        return found;
    }

    private static void Walk(string folder, List<FoundFile> found, HashSet<string> seen, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        FileSystemInfo[] entries;
        try
        {
            entries = [.. new DirectoryInfo(folder).EnumerateFileSystemInfos().Where(e => !IsHidden(e)).OrderBy(e => e.Name, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            found.Add(new FoundFile(folder, $"the folder cannot be read ({e.Message.TrimEnd('.')})"));
            return;
        }

        foreach (var entry in entries)
        {
            var path = Path.Combine(folder, entry.Name);
            if (entry is FileInfo)
            {
                if (seen.Add(Path.GetFullPath(path)))
                {
                    found.Add(new FoundFile(path, null));
                }
            }
            else if (entry.LinkTarget is null)
            {
                // A link to a folder may lead back up and never end: its target is found where it really is.
                Walk(path, found, seen, cancellationToken);
            }
        }
    }

    private static bool IsHidden(FileSystemInfo entry)
        => entry.Name.StartsWith('.')
            || (entry.Attributes & (FileAttributes.Hidden | FileAttributes.System)) != 0
            || LeftByFileManagers.Contains(entry.Name, StringComparer.OrdinalIgnoreCase);
}
