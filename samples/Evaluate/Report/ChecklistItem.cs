namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>An item of a reporting checklist.</summary>
/// <param name="Source">Checklist and number.</param>
/// <param name="Text">What is to be reported.</param>
/// <param name="Where">Section of this report that does; null if the authors must add it.</param>
internal sealed record ChecklistItem(string Source, string Text, string? Where);
