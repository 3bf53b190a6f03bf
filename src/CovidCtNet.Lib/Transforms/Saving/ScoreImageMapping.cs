using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Scores <c>MLImage</c> in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.ScoreImage)]
internal sealed class ScoreImageMapping : ScoreMapping<MappingRows.ImageRow>
{
    protected override string? Fill(MappingRows.ImageRow row, SavedStep step, CovidCtModel model, Span<float> plane)
        => SliceCapture.FromImage(row.Input, step.InputColumn).Preprocess(model.Options.ImageLimits, model.Preprocessing, plane);
}
