using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Makes network inputs from slices in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.PrepareSlice)]
internal sealed class PrepareSliceMapping : PrepareMapping<MappingRows.SliceRow>
{
    protected override void Fill(MappingRows.SliceRow row, SavedStep step, Span<float> plane)
        => SliceCapture.FromSlice(row.Input, step.InputColumn).Preprocess(step.Limits, step.Preprocessing!, plane);
}
