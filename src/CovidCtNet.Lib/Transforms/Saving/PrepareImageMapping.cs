using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Makes network inputs from <c>MLImage</c> in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.PrepareImage)]
internal sealed class PrepareImageMapping : PrepareMapping<MappingRows.ImageRow>
{
    protected override void Fill(MappingRows.ImageRow row, SavedStep step, Span<float> plane)
        => SliceCapture.FromImage(row.Input, step.InputColumn).Preprocess(step.Limits, step.Preprocessing!, plane);
}
