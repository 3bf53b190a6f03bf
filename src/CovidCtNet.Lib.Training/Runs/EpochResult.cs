namespace CovidCtNet.Lib.Training.Runs;

/// <summary>What one epoch gave: a line of <c>history.csv</c>.</summary>
/// <param name="Epoch">Epoch from 1.</param>
/// <param name="TrainingLoss">Mean loss over the augmented training slices.</param>
/// <param name="ValidationLoss">Mean cross-entropy on the validation slices, without smoothing.</param>
/// <param name="ValidationAuc">Area under the ROC curve on the validation slices.</param>
/// <param name="ValidationAccuracy">Accuracy on the validation slices at a probability of one half, uncalibrated.</param>
/// <param name="LearningRate">Learning rate of the last step.</param>
/// <param name="ImagesPerSecond">Training throughput.</param>
public sealed record EpochResult(int Epoch, double TrainingLoss, double ValidationLoss, double ValidationAuc, double ValidationAccuracy, double LearningRate, double ImagesPerSecond);
