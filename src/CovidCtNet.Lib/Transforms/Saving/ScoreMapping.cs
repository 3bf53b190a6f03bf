using CovidCtNet.Lib.Inference;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Scores rows one by one in saved pipelines, by the model that travels with the settings.</summary>
internal abstract class ScoreMapping<TRow> : CustomMappingFactory<TRow, MappingRows.ScoreRow>
    where TRow : MappingRows.SettingsRow, new()
{
    public override Action<TRow, MappingRows.ScoreRow> GetMapping()
    {
        var reader = new SettingsReader();
        return (row, result) =>
        {
            var (step, model) = reader.ReadModel(row.Settings);
            using var batch = model.RentBatch(1);
            var name = Fill(row, step, model, batch.Plane(0));
            batch.Run(CancellationToken.None);
            var prediction = batch.Read(0, name);
            result.Score = (float)prediction.Logit;
            result.Probability = (float)prediction.Probability;
            result.PredictedLabel = prediction.Label.IsPositive;
        };
    }

    /// <summary>Puts the input of the network into its plane.</summary>
    /// <returns>The name of the slice, for messages.</returns>
    protected abstract string? Fill(TRow row, SavedStep step, CovidCtModel model, Span<float> plane);
}
