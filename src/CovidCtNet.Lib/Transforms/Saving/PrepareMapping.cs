using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Makes network inputs in saved pipelines.</summary>
internal abstract class PrepareMapping<TRow> : CustomMappingFactory<TRow, ChunkRow>
    where TRow : MappingRows.SettingsRow, new()
{
    public override Action<TRow, ChunkRow> GetMapping()
    {
        var reader = new SettingsReader();
        return (row, result) =>
        {
            var step = reader.Read(row.Settings);
            var plane = result.Rent(step.Preprocessing!.Width * step.Preprocessing.Height);
            Fill(row, step, plane);
            result.Cut();
        };
    }

    /// <summary>Puts the input of the network into its plane [1, H, W].</summary>
    protected abstract void Fill(TRow row, SavedStep step, Span<float> plane);
}
