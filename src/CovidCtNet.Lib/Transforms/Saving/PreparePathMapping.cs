using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Makes network inputs from paths in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.PreparePath)]
internal sealed class PreparePathMapping : PrepareMapping<MappingRows.PathRow>
{
    protected override void Fill(MappingRows.PathRow row, SavedStep step, Span<float> plane)
        => SliceCapture.FromPath(row.Input, step.InputColumn, step.ImageFolder).Preprocess(step.Limits, step.Preprocessing!, plane);
}
