using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Reads slices from file contents in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.LoadBytes)]
internal sealed class LoadBytesMapping : LoadMapping<MappingRows.BytesRow>
{
    protected override CapturedSlice Capture(MappingRows.BytesRow row, SavedStep step) => SliceCapture.FromBytes(row.Input);
}
