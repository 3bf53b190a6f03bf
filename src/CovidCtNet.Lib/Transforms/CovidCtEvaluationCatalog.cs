using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Evaluation where ML.NET users look for it: <c>mlContext.BinaryClassification</c>.</summary>
public static class CovidCtEvaluationCatalog
{
    /// <summary>
    /// Evaluates scored data: what ML.NET's own <c>Evaluate</c> gives and what it lacks, curves, calibration, likelihood ratios, intervals
    /// by slice or by whole groups, at the model's own threshold.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="data">Data with labels and probabilities, as <see cref="CovidCtScoringEstimator"/> or another classifier makes them.</param>
    /// <param name="options">Columns, threshold and bootstrap; <see cref="CovidCtEvaluationOptions.Default"/> if null.</param>
    /// <exception cref="CovidCtSchemaException">A column is missing or of another type, or the calls follow no threshold.</exception>
    /// <exception cref="EvaluationDataException">The rows cannot be evaluated, for example because one class is missing.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static CovidCtEvaluation EvaluateCovidCt(
        this BinaryClassificationCatalog catalog, IDataView data, CovidCtEvaluationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(data);
        options ??= CovidCtEvaluationOptions.Default;
        var cases = EvaluatedCases.Read(data, options);
        return new CovidCtEvaluation(cases.Labels, cases.Probabilities, cases.Groups, options.Threshold ?? cases.ImpliedThreshold(), options);
    }
}
