namespace CovidCtNet.Lib.Training.Audit;

/// <summary>How far an audit is.</summary>
/// <param name="Stage">What is being done: reading or comparing.</param>
/// <param name="Done">Slices done in this stage.</param>
/// <param name="Total">Slices to do in this stage.</param>
public sealed record LeakageAuditProgress(string Stage, int Done, int Total);
