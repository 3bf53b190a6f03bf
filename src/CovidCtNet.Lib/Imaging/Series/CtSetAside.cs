namespace CovidCtNet.Lib.Imaging;

/// <summary>A file or frame that is in no series, and why.</summary>
/// <param name="Name">Its path below the folder, or its name in the archive. Names are given by people and may name patients: keep them out of logs.</param>
/// <param name="File">Its number among the files looked at, from 1: names nobody.</param>
/// <param name="Reason">Which kind of trouble.</param>
/// <param name="Detail">What exactly, as a sentence without the name of the file.</param>
public sealed record CtSetAside(string Name, int File, CtSetAsideReason Reason, string Detail);
