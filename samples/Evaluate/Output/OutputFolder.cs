namespace CovidCtNet.Samples.Evaluate.Output;

/// <summary>A folder whose files appear whole or not at all: each is written under a temporary name beside it, then moved.</summary>
internal sealed class OutputFolder
{
    private readonly List<string> _written = [];

    public OutputFolder(string path)
    {
        FullPath = Path.GetFullPath(path);
        Directory.CreateDirectory(FullPath);
    }

    public string FullPath { get; }

    /// <summary>Names of the files that were written.</summary>
    public IReadOnlyList<string> Written => _written;

    public void Write(string name, string text) => Write(name, stream =>
    {
        using var writer = new StreamWriter(stream, leaveOpen: true);
        writer.Write(text);
    });

    public void Write(string name, Action<Stream> write)
    {
        string path = Path.Combine(FullPath, name);
        string temporary = Path.Combine(FullPath, $".{name}.{Path.GetRandomFileName()}.tmp");
        try
        {
            using (FileStream stream = new(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                write(stream);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }

        _written.Add(name);
    }
}
