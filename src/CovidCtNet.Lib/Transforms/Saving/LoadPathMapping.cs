using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Reads slices from paths in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.LoadPath)]
internal sealed class LoadPathMapping : LoadMapping<MappingRows.PathRow>
{
    protected override CapturedSlice Capture(MappingRows.PathRow row, SavedStep step) => SliceCapture.FromPath(row.Input, step.InputColumn, step.ImageFolder);
}
