namespace CovidCtNet.Lib.Training.Runs;

/// <summary>What chooses a run's best epoch and ends it early.</summary>
public enum ValidationMetric
{
    /// <summary>Area under the ROC curve; the highest is best.</summary>
    Auc,

    /// <summary>Cross-entropy; the lowest is best.</summary>
    Loss,

    /// <summary>Accuracy at a probability of one half, uncalibrated; the highest is best.</summary>
    Accuracy,

    /// <summary>Nothing: all epochs are run and the last one counts, so that the validation slices choose no epoch and may be none.</summary>
    LastEpoch,
}
