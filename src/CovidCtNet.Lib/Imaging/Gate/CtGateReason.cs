namespace CovidCtNet.Lib.Imaging;

/// <summary>One finding of the input gate.</summary>
/// <param name="Code">A short name that does not change, such as <c>no-lung</c>.</param>
/// <param name="Refuses">Whether it refuses the slice, or only warns.</param>
/// <param name="Message">What was measured and what it may mean.</param>
public sealed record CtGateReason(string Code, bool Refuses, string Message);
