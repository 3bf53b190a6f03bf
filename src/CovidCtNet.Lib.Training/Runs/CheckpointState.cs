namespace CovidCtNet.Lib.Training.Runs;

/// <summary>What a checkpoint holds beside weights.</summary>
/// <param name="Options">Options of the run: a resumed run must have the same.</param>
/// <param name="SplitSha256">Hash of the split: a resumed run must have the same slices on the same sides.</param>
/// <param name="Step">Steps done, over all epochs; between two multiples of an epoch's steps the run was stopped within an epoch.</param>
/// <param name="LossSum">Sum of the losses of the slices seen in the epoch that was stopped.</param>
/// <param name="Seen">Their number.</param>
/// <param name="History">The epochs so far.</param>
/// <param name="BestEpoch">Epoch from 1 that the validation metric prefers; 0 before the first.</param>
internal sealed record CheckpointState(TrainingOptions Options, string SplitSha256, long Step, double LossSum, int Seen, IReadOnlyList<EpochResult> History, int BestEpoch);
