using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>
/// Turns what the stock ONNX step gives into score, probability and call in saved pipelines, by the contract in the checked copy of the model,
/// and compares the step with that copy.
/// </summary>
[CustomMappingFactoryAttribute(Contracts.Finish)]
internal sealed class FinishMapping : CustomMappingFactory<MappingRows.LogitsRow, MappingRows.ScoreRow>
{
    public override Action<MappingRows.LogitsRow, MappingRows.ScoreRow> GetMapping()
    {
        var reader = new SettingsReader();
        var check = new StockStepCheck();
        return (row, result) =>
        {
            var model = reader.ReadModel(row.Settings).Model;
            check.Verify(model, row.Plane!.Values, row.Logits.GetValues());
            var prediction = model.Interpret(row.Logits.GetValues(), null);
            result.Score = (float)prediction.Logit;
            result.Probability = (float)prediction.Probability;
            result.PredictedLabel = prediction.Label.IsPositive;
        };
    }
}
