namespace CovidCtNet.Samples.Explain;

/// <summary>Writes rows of CSV so that the file's name only ever shows the whole of it.</summary>
internal static class CsvFile
{
    public static void Write(string path, IEnumerable<string> rows)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            File.WriteAllText(temporary, string.Concat(rows.Select(row => row + "\r\n")));
            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
