namespace CovidCtNet.Samples.Evaluate.Scores;

/// <summary>A file of scores cannot be used; the message names the file, the line, what is wrong and the cure.</summary>
internal sealed class ScoreFileException : Exception
{
    public ScoreFileException(string file, int? line, string problem, Exception? inner = null)
        : base($"{file}{(line is { } number ? $", line {number}" : string.Empty)}: {problem}", inner)
    {
        File = file;
        Line = line;
    }

    public string File { get; }

    /// <summary>One-based line; null if the file as a whole is at fault.</summary>
    public int? Line { get; }
}
