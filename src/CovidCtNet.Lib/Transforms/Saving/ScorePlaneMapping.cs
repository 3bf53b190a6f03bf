using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Scores preprocessed planes in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.ScorePlane)]
internal sealed class ScorePlaneMapping : ScoreMapping<MappingRows.PlaneRow>
{
    protected override string? Fill(MappingRows.PlaneRow row, SavedStep step, CovidCtModel model, Span<float> plane)
    {
        new InputColumn(step.InputColumn, plane.Length, TakesSlices: true).CopyPlane(row.Input, plane);
        return null;
    }
}
