namespace CovidCtNet.Samples.Evaluate.Figures;

/// <summary>Predictive values where the disease has another prevalence.</summary>
internal sealed record PrevalenceRow(double Prevalence, double Precision, double NegativePredictiveValue);
