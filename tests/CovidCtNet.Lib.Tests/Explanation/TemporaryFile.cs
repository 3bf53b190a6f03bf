namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>A folder of a test's own, removed afterwards.</summary>
internal sealed class TemporaryFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("covidctnet-").FullName;

    public string this[string name] => Path.Combine(_folder, name);

    /// <summary>Names of the files in the folder: a temporary file that stayed would show.</summary>
    public IEnumerable<string> Names => Directory.EnumerateFiles(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
