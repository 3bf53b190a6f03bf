using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Scores slices in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.ScoreSlice)]
internal sealed class ScoreSliceMapping : ScoreMapping<MappingRows.SliceRow>
{
    protected override string? Fill(MappingRows.SliceRow row, SavedStep step, CovidCtModel model, Span<float> plane)
        => SliceCapture.FromSlice(row.Input, step.InputColumn).Preprocess(model.Options.ImageLimits, model.Preprocessing, plane);
}
