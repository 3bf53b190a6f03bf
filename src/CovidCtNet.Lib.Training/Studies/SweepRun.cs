namespace CovidCtNet.Lib.Training.Studies;

/// <summary>One finished run of a sweep: a line of <c>sweep.csv</c>.</summary>
/// <param name="Network">Architecture.</param>
/// <param name="Optimizer">Optimizer.</param>
/// <param name="Loss">Loss.</param>
/// <param name="LearningRate">Learning rate.</param>
/// <param name="Split">Split.</param>
/// <param name="Seed">Seed.</param>
/// <param name="BestEpoch">Epoch that the validation slices chose; 0 where the run diverged.</param>
/// <param name="ValidationAuc">AUC of that epoch on the validation slices.</param>
/// <param name="Auc">AUC on the test slices, NaN where the run diverged.</param>
/// <param name="Accuracy">Accuracy on the test slices at the threshold chosen on the validation slices.</param>
/// <param name="AccuracyAtHalf">Accuracy on the test slices at an uncalibrated probability of one half, as papers commonly report.</param>
/// <param name="Sensitivity">Sensitivity at the chosen threshold.</param>
/// <param name="Specificity">Specificity at the chosen threshold.</param>
/// <param name="ImagesPerSecond">Training throughput; on a shared machine it says little.</param>
/// <param name="Folder">Folder of the run within the sweep, with its options, split, history and scores.</param>
/// <param name="IsLeaking">Whether its split leaks: one by slices always does, one by groups where the audit found it.</param>
public sealed record SweepRun(
    string Network,
    string Optimizer,
    string Loss,
    double LearningRate,
    SweepSplit Split,
    int Seed,
    int BestEpoch,
    double ValidationAuc,
    double Auc,
    double Accuracy,
    double AccuracyAtHalf,
    double Sensitivity,
    double Specificity,
    double ImagesPerSecond,
    string Folder,
    bool IsLeaking = false);
