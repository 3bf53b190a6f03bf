using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Makes network inputs from slices in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.PrepareSlice)]
internal sealed class PrepareSliceMapping : PrepareMapping<MappingRows.SliceRow>
{
    protected override CapturedSlice Capture(MappingRows.SliceRow row, SavedStep step) => SliceCapture.FromSlice(row.Input, step.InputColumn);
}
