using CovidCtNet.Lib.Inference;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Turns what the ONNX step gives into score, probability and call in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.Finish)]
internal sealed class FinishMapping : CustomMappingFactory<MappingRows.LogitsRow, MappingRows.ScoreRow>
{
    public override Action<MappingRows.LogitsRow, MappingRows.ScoreRow> GetMapping()
    {
        var reader = new SettingsReader();
        return (row, result) =>
        {
            var contract = reader.Read(row.Settings).Contract!;
            var prediction = CovidCtModel.Interpret(
                row.Logits.GetValues(), contract, new CtLabel(false, contract.Classes[0]), new CtLabel(true, contract.Classes[1]), null, null);
            result.Score = (float)prediction.Logit;
            result.Probability = (float)prediction.Probability;
            result.PredictedLabel = prediction.Label.IsPositive;
        };
    }
}
