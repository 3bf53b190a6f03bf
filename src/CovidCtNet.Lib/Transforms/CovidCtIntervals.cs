using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Bootstrap intervals of the main figures, from the same replicates.</summary>
/// <param name="Auc">Area under the ROC curve.</param>
/// <param name="AveragePrecision">Average precision.</param>
/// <param name="Accuracy">Share of right calls.</param>
/// <param name="Sensitivity">Share of positives called positive.</param>
/// <param name="Specificity">Share of negatives called negative.</param>
/// <param name="Brier">Brier score.</param>
public sealed record CovidCtIntervals(Interval Auc, Interval AveragePrecision, Interval Accuracy, Interval Sensitivity, Interval Specificity, Interval Brier);
