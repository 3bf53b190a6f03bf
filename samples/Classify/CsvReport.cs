using System.Buffers;
using System.Globalization;
using System.Text;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Classify;

/// <summary>
/// The predictions as CSV by RFC 4180, numbers with a point and all their digits. The rows go to a hidden file in the same folder, which
/// gets the final name when it is complete, and is removed when it never is.
/// </summary>
internal sealed class CsvReport : IDisposable
{
    private static readonly SearchValues<char> MustQuote = SearchValues.Create(",\"\r\n");

    private readonly string _path;
    private readonly string _temporary;
    private readonly StreamWriter _writer;

    /// <exception cref="IOException">The file cannot be written there.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written there.</exception>
    public CsvReport(string path)
    {
        _path = Path.GetFullPath(path);
        if (Directory.Exists(_path))
        {
            throw new IOException($"{path} is a folder. Name a file for the results.");
        }

        _temporary = Path.Combine(Path.GetDirectoryName(_path)!, $".{Path.GetFileName(_path)}.{Path.GetRandomFileName()}.tmp");
        _writer = new StreamWriter(new FileStream(_temporary, FileMode.CreateNew, FileAccess.Write), new UTF8Encoding(false)) { NewLine = "\r\n" };
        _writer.WriteLine("path,probability,logit,label,threshold");
    }

    public void Add(string path, CtPrediction prediction)
        => _writer.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Quoted(path)},{prediction.Probability:R},{prediction.Logit:R},{Quoted(prediction.Label.Name)},{prediction.Threshold:R}"));

    /// <summary>Gives the file its name.</summary>
    public void Complete()
    {
        _writer.Dispose();
        File.Move(_temporary, _path, overwrite: true);
    }

    /// <summary>Removes what is not complete.</summary>
    public void Dispose()
    {
        _writer.Dispose();
        File.Delete(_temporary);
    }

    private static string Quoted(string field)
        => field.AsSpan().ContainsAny(MustQuote) ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
