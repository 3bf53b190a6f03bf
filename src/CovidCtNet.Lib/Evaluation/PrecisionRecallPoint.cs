namespace CovidCtNet.Lib.Evaluation;

/// <summary>One point of a precision-recall curve.</summary>
/// <param name="Recall">Sensitivity, in [0, 1].</param>
/// <param name="Precision">Positive predictive value, in [0, 1].</param>
/// <param name="Threshold">Cases with at least this score are called positive; +infinity at the first point, where none is.</param>
public readonly record struct PrecisionRecallPoint(double Recall, double Precision, double Threshold);
