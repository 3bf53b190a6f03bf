using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Scores files in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.ScorePath)]
internal sealed class ScorePathMapping : ScoreMapping<MappingRows.PathRow>
{
    protected override string? Fill(MappingRows.PathRow row, SavedStep step, CovidCtModel model, Span<float> plane)
        => SliceCapture.FromPath(row.Input, step.InputColumn, step.ImageFolder).Preprocess(model.Options.ImageLimits, model.Preprocessing, plane);
}
