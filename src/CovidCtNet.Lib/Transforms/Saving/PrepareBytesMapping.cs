using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Makes network inputs from file contents in saved pipelines.</summary>
[CustomMappingFactoryAttribute(Contracts.PrepareBytes)]
internal sealed class PrepareBytesMapping : PrepareMapping<MappingRows.BytesRow>
{
    protected override void Fill(MappingRows.BytesRow row, SavedStep step, Span<float> plane)
        => SliceCapture.FromBytes(row.Input).Preprocess(step.Limits, step.Preprocessing!, plane);
}
