using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Reads slices from <c>MLImage</c> in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.LoadImage)]
internal sealed class LoadImageMapping : LoadMapping<MappingRows.ImageRow>
{
    protected override CapturedSlice Capture(MappingRows.ImageRow row, SavedStep step) => SliceCapture.FromImage(row.Input, step.InputColumn);
}
