namespace CovidCtNet.Lib.Training.Runs;

/// <summary>Where a training run stands, reported after every step.</summary>
/// <param name="Epoch">Epoch from 1.</param>
/// <param name="Epochs">Epochs of the run.</param>
/// <param name="Step">Steps done in this run, over all epochs.</param>
/// <param name="Steps">Steps of the whole run.</param>
/// <param name="Loss">Running mean of the training loss in this epoch.</param>
/// <param name="ImagesPerSecond">Throughput since this process began to train.</param>
/// <param name="Remaining">Time left at that throughput.</param>
/// <param name="Last">The last finished epoch, or null.</param>
/// <param name="BestValidationAuc">Best validation AUC so far, or NaN.</param>
public sealed record TrainingProgress(int Epoch, int Epochs, long Step, long Steps, double Loss, double ImagesPerSecond, TimeSpan Remaining, EpochResult? Last, double BestValidationAuc);
