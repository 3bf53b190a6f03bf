using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Samples.Evaluate.Figures;

/// <summary>The figures that every report holds, in the order of its tables.</summary>
internal static class FigureCatalog
{
    public const string AucKey = "auc";

    public static IReadOnlyList<FigureDefinition> All { get; } =
    [
        new(AucKey, "AUC (area under the ROC curve)", FigureKind.Ranking, m => m.Auc, "Chance that a random positive scores above a random negative."),
        new("partial_auc_10", "Partial AUC, false-positive rate up to 10 %", FigureKind.Ranking, m => m.PartialAuc(0.1), "McClish scale: 0.5 is chance, 1 is perfect."),
        new("average_precision", "Average precision", FigureKind.Ranking, m => m.AveragePrecision, "Area under the precision-recall steps; chance is the prevalence."),
        new("sensitivity_at_specificity_95", "Sensitivity at 95 % specificity", FigureKind.Ranking, m => m.SensitivityAtSpecificity(0.95), "At a threshold chosen on these same cases, so optimistic."),
        new("specificity_at_sensitivity_95", "Specificity at 95 % sensitivity", FigureKind.Ranking, m => m.SpecificityAtSensitivity(0.95), "At a threshold chosen on these same cases, so optimistic."),
        new("sensitivity", "Sensitivity (recall)", FigureKind.AtThreshold, m => m.Sensitivity, "Share of positives that are called positive.", c => (c.TruePositives, c.Positives)),
        new("specificity", "Specificity", FigureKind.AtThreshold, m => m.Specificity, "Share of negatives that are called negative.", c => (c.TrueNegatives, c.Negatives)),
        new("precision", "Positive predictive value (precision)", FigureKind.AtThreshold, m => m.Precision, "Share of positive calls that are right, at the prevalence of these cases.", c => (c.TruePositives, c.CalledPositive)),
        new("npv", "Negative predictive value", FigureKind.AtThreshold, m => m.NegativePredictiveValue, "Share of negative calls that are right, at the prevalence of these cases.", c => (c.TrueNegatives, c.CalledNegative)),
        new("accuracy", "Accuracy", FigureKind.AtThreshold, m => m.Accuracy, "Share of right calls.", c => (c.TruePositives + c.TrueNegatives, c.Total)),
        new("balanced_accuracy", "Balanced accuracy", FigureKind.AtThreshold, m => m.BalancedAccuracy, "Mean of sensitivity and specificity."),
        new("f1", "F1 score", FigureKind.AtThreshold, m => m.F1, "Harmonic mean of precision and sensitivity."),
        new("mcc", "Matthews correlation coefficient", FigureKind.AtThreshold, m => m.Mcc, "Correlation of label and call, -1 to 1."),
        new("kappa", "Cohen's kappa", FigureKind.AtThreshold, m => m.Kappa, "Agreement of label and call beyond chance."),
        new("positive_likelihood_ratio", "Positive likelihood ratio", FigureKind.AtThreshold, m => m.PositiveLikelihoodRatio, "Factor by which a positive call raises the odds of disease."),
        new("negative_likelihood_ratio", "Negative likelihood ratio", FigureKind.AtThreshold, m => m.NegativeLikelihoodRatio, "Factor by which a negative call lowers the odds of disease."),
        new("brier", "Brier score", FigureKind.Calibration, m => m.Brier, "Mean squared error of the probability; lower is better."),
        new("log_loss", "Log loss", FigureKind.Calibration, m => m.LogLoss, "Mean surprise in nats; lower is better."),
        new("ece_width", "Expected calibration error, 10 bins of equal width", FigureKind.Calibration, m => m.ExpectedCalibrationError(10), "Mean gap of frequency and probability; above zero even if perfect."),
        new("ece_mass", "Expected calibration error, 10 bins of equal mass", FigureKind.Calibration, m => m.ExpectedCalibrationError(10, BinStrategy.EqualMass), "The same with as many cases in each bin."),
    ];
}
