using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Takes planes that are preprocessed as network inputs in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.PreparePlane)]
internal sealed class PreparePlaneMapping : PrepareMapping<MappingRows.PlaneRow>
{
    protected override void Fill(MappingRows.PlaneRow row, SavedStep step, Span<float> plane)
        => new InputColumn(step.InputColumn, plane.Length, TakesSlices: true).CopyPlane(row.Input, plane);
}
