using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>A step under the contract test: its estimator, the column it reads, and what the core gives for it.</summary>
internal sealed record Step(
    string Name,
    string Input,
    string[] Outputs,
    Func<MLContext, CovidCtModel, string, IEstimator<ITransformer>> Create,
    Func<CovidCtModel, CtImage, float[][]> Expected)
{
    public static readonly Step[] All =
    [
        .. ((string[])["Path", "Bytes", "Image"]).Select(input => new Step(
            "load " + input,
            input,
            ["Out"],
            (ml, _, column) => ml.Transforms.LoadCtSlices(new CtSliceLoadingOptions { InputColumnName = column, OutputColumnName = "Out" }),
            (_, slice) => [slice.Pixels.ToArray()])),
        .. ((string[])["Path", "Bytes", "Image", "Slice"]).Select(input => new Step(
            "preprocess " + input,
            input,
            ["Out"],
            (ml, model, column) => ml.Transforms.PreprocessCtSlices(
                model.Preprocessing, new CtSlicePreprocessingOptions { InputColumnName = column, OutputColumnName = "Out" }),
            (model, slice) => [model.Preprocessing.Apply(slice)])),
        .. ((string[])["Path", "Bytes", "Image", "Slice", "Plane"]).Select(input => new Step(
            "score " + input,
            input,
            ["Score", "Probability", "PredictedLabel"],
            (ml, model, column) => ml.Transforms.ScoreCovidCt(model, new CovidCtScoringOptions { InputColumnName = column }),
            (model, slice) =>
            {
                var p = model.Predict(slice);
                return [[(float)p.Logit], [(float)p.Probability], [p.Label.IsPositive ? 1 : 0]];
            })),
        .. ((string[])["Path", "Bytes", "Image", "Slice"]).Select(input => new Step(
            "attention " + input,
            input,
            ["Attention"],
            (ml, model, column) => ml.Transforms.ExtractAttention(
                model, new CovidCtAttentionOptions { InputColumnName = column, Method = AttentionMethod.InputGradient }),
            (model, slice) => [model.Explain(slice, AttentionMethod.InputGradient).InputValues.ToArray()])),
    ];

    public static Step Named(string name) => All.Single(s => s.Name == name);

    public IEstimator<ITransformer> Estimator(MLContext ml, CovidCtModel model) => Create(ml, model, Input);
}
