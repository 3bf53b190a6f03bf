using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>
/// A step under the contract test: its estimator, the column it reads, what the core gives for it, and a prediction engine over it. A new
/// estimator is put into <see cref="All"/>, and the whole contract is tested on it.
/// </summary>
internal sealed record Step(
    string Family,
    string Input,
    string[] Outputs,
    Func<MLContext, CovidCtModel, string, CancellationToken, IEstimator<ITransformer>> Create,
    Func<CovidCtModel, CtImage, float[][]> Expected,
    Func<MLContext, ITransformer, StepEngine> Engine,
    bool RunsModel)
{
    public static readonly Step[] All =
    [
        .. ((string[])["Path", "Bytes", "Image"]).Select(input => new Step(
            "load",
            input,
            ["Out"],
            (ml, _, column, token) => ml.Transforms.LoadCtSlices(
                new CtSliceLoadingOptions { InputColumnName = column, OutputColumnName = "Out", CancellationToken = token }),
            (_, slice) => [slice.Pixels.ToArray()],
            (ml, step) => StepEngine.Create<StepAnswers.Slice>(ml, step, a => [a.Out!.Pixels.ToArray()]),
            RunsModel: false)),
        .. ((string[])["Path", "Bytes", "Image", "Slice"]).Select(input => new Step(
            "preprocess",
            input,
            ["Out"],
            (ml, model, column, token) => ml.Transforms.PreprocessCtSlices(
                model.Preprocessing, new CtSlicePreprocessingOptions { InputColumnName = column, OutputColumnName = "Out", CancellationToken = token }),
            (model, slice) => [model.Preprocessing.Apply(slice)],
            (ml, step) => StepEngine.Create<StepAnswers.Plane>(ml, step, a => [a.Out]),
            RunsModel: false)),
        .. ((string[])["Path", "Bytes", "Image", "Slice", "Plane"]).Select(input => new Step(
            "score",
            input,
            ["Score", "Probability", "PredictedLabel"],
            (ml, model, column, token) => ml.Transforms.ScoreCovidCt(
                model, new CovidCtScoringOptions { InputColumnName = column, CancellationToken = token }),
            (model, slice) =>
            {
                var p = model.Predict(slice);
                return [[(float)p.Logit], [(float)p.Probability], [p.Label.IsPositive ? 1 : 0]];
            },
            (ml, step) => StepEngine.Create<StepAnswers.Scores>(ml, step, a => [[a.Score], [a.Probability], [a.PredictedLabel ? 1 : 0]]),
            RunsModel: true)),
        .. ((string[])["Path", "Bytes", "Image", "Slice"]).Select(input => new Step(
            "attention",
            input,
            ["Attention"],
            (ml, model, column, token) => ml.Transforms.ExtractAttention(
                model, new CovidCtAttentionOptions { InputColumnName = column, Method = AttentionMethod.InputGradient, CancellationToken = token }),
            (model, slice) => [model.Explain(slice, AttentionMethod.InputGradient).InputValues.ToArray()],
            (ml, step) => StepEngine.Create<StepAnswers.Map>(ml, step, a => [a.Attention]),
            RunsModel: true)),
    ];

    public string Name => $"{Family} {Input}";

    /// <summary>Columns of <see cref="SliceRow"/> that the estimator takes.</summary>
    public IEnumerable<string> Accepted => All.Where(s => s.Family == Family).Select(s => s.Input);

    public static Step Named(string name) => All.Single(s => s.Name == name);

    public IEstimator<ITransformer> Estimator(MLContext ml, CovidCtModel model, CancellationToken token = default) => Create(ml, model, Input, token);
}
