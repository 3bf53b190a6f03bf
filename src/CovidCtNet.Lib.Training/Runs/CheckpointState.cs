namespace CovidCtNet.Lib.Training.Runs;

/// <summary>What a checkpoint holds beside weights.</summary>
/// <param name="Options">Options of the run: a resumed run must have the same.</param>
/// <param name="SplitSha256">Hash of the split: a resumed run must have the same slices on the same sides.</param>
/// <param name="History">The epochs so far.</param>
/// <param name="BestEpoch">Epoch from 1 with the best validation AUC.</param>
internal sealed record CheckpointState(TrainingOptions Options, string SplitSha256, IReadOnlyList<EpochResult> History, int BestEpoch);
