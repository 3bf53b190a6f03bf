namespace CovidCtNet.Lib.Training.Data;

/// <summary>A file of a data set that could not be decoded.</summary>
/// <param name="Path">The file.</param>
/// <param name="Reason">What was wrong with it.</param>
public sealed record UnreadableSlice(string Path, string Reason);
