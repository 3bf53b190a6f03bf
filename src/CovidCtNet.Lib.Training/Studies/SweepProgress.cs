using CovidCtNet.Lib.Training.Runs;

namespace CovidCtNet.Lib.Training.Studies;

/// <summary>Where a study of several runs stands.</summary>
/// <param name="Finished">Runs finished.</param>
/// <param name="Runs">Runs in all.</param>
/// <param name="Run">Name of the run under way.</param>
/// <param name="Training">Its progress, or null before its first step.</param>
public sealed record SweepProgress(int Finished, int Runs, string Run, TrainingProgress? Training);
