using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Scores file contents in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.ScoreBytes)]
internal sealed class ScoreBytesMapping : ScoreMapping<MappingRows.BytesRow>
{
    protected override string? Fill(MappingRows.BytesRow row, SavedStep step, CovidCtModel model, Span<float> plane)
        => SliceCapture.FromBytes(row.Input).Preprocess(model.Options.ImageLimits, model.Preprocessing, plane);
}
