using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Makes network inputs from paths in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.PreparePath)]
internal sealed class PreparePathMapping : PrepareMapping<MappingRows.PathRow>
{
    protected override CapturedSlice Capture(MappingRows.PathRow row, SavedStep step) => SliceCapture.FromPath(row.Input, step.InputColumn, step.ImageFolder);
}
