namespace CovidCtNet.Robustness.Fuzzing;

/// <summary>A file for readers that take a path, removed afterwards.</summary>
internal sealed class ScratchFile : IDisposable
{
    private static readonly string Folder = Directory.CreateTempSubdirectory("covidctnet-fuzz-").FullName;

    public ScratchFile(byte[] data) => File.WriteAllBytes(Path, data);

    public string Path { get; } = System.IO.Path.Combine(Folder, "case");

    public static void RemoveAll() => Directory.Delete(Folder, recursive: true);

    public void Dispose() => File.Delete(Path);
}
