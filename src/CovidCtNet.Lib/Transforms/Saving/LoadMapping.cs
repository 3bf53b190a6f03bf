using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Reads slices in saved pipelines.</summary>
internal abstract class LoadMapping<TRow> : CustomMappingFactory<TRow, MappingRows.SliceOutputRow>
    where TRow : MappingRows.SettingsRow, new()
{
    public override Action<TRow, MappingRows.SliceOutputRow> GetMapping()
    {
        var reader = new SettingsReader();
        return (row, result) =>
        {
            var step = reader.Read(row.Settings);
            result.Slice = Capture(row, step).Open(step.Limits);
        };
    }

    protected abstract CapturedSlice Capture(TRow row, SavedStep step);
}
