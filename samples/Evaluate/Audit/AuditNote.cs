namespace CovidCtNet.Samples.Evaluate.Audit;

/// <summary>Something about the data that a reader of the figures must know.</summary>
/// <param name="IsWarning">True if it can make the figures wrong; false if it is good to know.</param>
/// <param name="Title">What was found.</param>
/// <param name="Text">What it means and what to do.</param>
internal sealed record AuditNote(bool IsWarning, string Title, string Text);
