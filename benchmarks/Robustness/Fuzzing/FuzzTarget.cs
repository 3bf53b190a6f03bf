namespace CovidCtNet.Robustness.Fuzzing;

/// <summary>Something that reads a file.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Weight">Its share of the files of a campaign.</param>
/// <param name="Seeds">Sound files to start from.</param>
/// <param name="Mend">Repairs what only says that a file was changed (checksums, packing), so that mutations reach what lies behind; may be null.</param>
/// <param name="Read">Reads a mutated file and uses what it got.</param>
/// <param name="IsExpected">Whether an exception is one that the reader's documentation names.</param>
internal sealed record FuzzTarget(
    string Name, int Weight, Func<IReadOnlyList<byte[]>> Seeds, Func<byte[], Random, byte[]>? Mend, Action<byte[]> Read, Func<Exception, bool> IsExpected);
