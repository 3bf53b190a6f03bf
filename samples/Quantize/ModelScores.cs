using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Samples.Quantize;

/// <summary>What two models say of the same slices.</summary>
internal sealed class ModelScores
{
    private ModelScores(CaseList cases, CtPrediction[] exact, CtPrediction[] rounded)
    {
        Cases = cases;
        double[] exactScores = [.. exact.Select(p => p.Logit)];
        double[] roundedScores = [.. rounded.Select(p => p.Logit)];
        var agree = exact.Zip(rounded).Count(p => p.First.Label == p.Second.Label);
        ExactAuc = AucOf(cases, exactScores);
        RoundedAuc = AucOf(cases, roundedScores);
        Agreement = Proportion.Wilson(agree, exact.Length);
        LargestChange = exact.Zip(rounded).Max(p => Math.Abs(p.First.Probability - p.Second.Probability));
        MeanChange = exact.Zip(rounded).Average(p => Math.Abs(p.First.Probability - p.Second.Probability));
    }

    public CaseList Cases { get; }

    public Interval ExactAuc { get; }

    public Interval RoundedAuc { get; }

    public double AucLoss => ExactAuc.Estimate - RoundedAuc.Estimate;

    /// <summary>Share of slices with the same label.</summary>
    public Interval Agreement { get; }

    /// <summary>Largest change of a probability.</summary>
    public double LargestChange { get; }

    public double MeanChange { get; }

    public static async Task<ModelScores> MeasureAsync(CovidCtModel exact, CovidCtModel rounded, CaseList cases, CancellationToken cancellationToken)
        => new(cases, await PredictAsync(exact, cases, cancellationToken), await PredictAsync(rounded, cases, cancellationToken));

    public IReadOnlyList<ModelMetric> ToMetrics(string set)
    {
        int? groups = Cases.Groups.Length > 0 ? Cases.Groups.Distinct().Count() : null;
        return
        [
            Metric("AUC", set, RoundedAuc, Cases.Paths.Length, groups),
            Metric("agreement with float32", set, Agreement, Cases.Paths.Length, groups),
        ];
    }

    private static ModelMetric Metric(string name, string set, Interval value, int samples, int? groups) => new()
    {
        Name = name,
        Set = set,
        Value = value.Estimate,
        Lower = double.IsNaN(value.Lower) ? null : value.Lower,
        Upper = double.IsNaN(value.Upper) ? null : value.Upper,
        Level = value.Level,
        Method = value.Method,
        Samples = samples,
        Groups = groups,
    };

    private static Interval AucOf(CaseList cases, double[] scores) => cases.Groups.Length > 0 && cases.Groups.Distinct().Count() > 1
        ? Bootstrap.ByGroup<string>(cases.Labels, scores, cases.Groups, m => m.Auc)
        : Auc.DeLong(cases.Labels, scores);

    private static async Task<CtPrediction[]> PredictAsync(CovidCtModel model, CaseList cases, CancellationToken cancellationToken)
    {
        List<CtPrediction> predictions = new(cases.Paths.Length);
        await foreach (var result in model.PredictFilesAsync(cases.Paths, null, cancellationToken))
        {
            predictions.Add(result.IsSuccess ? result.Prediction : throw new ScoreFileException(cases.Source, null, result.Error.Message, result.Error));
        }

        return [.. predictions];
    }
}
