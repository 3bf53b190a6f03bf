using System.Buffers;
using CovidCtNet.Lib.Transforms.Views;
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
            var preprocessing = step.Preprocessing!;
            var length = preprocessing.Width * preprocessing.Height;
            var plane = ArrayPool<float>.Shared.Rent(length);
            try
            {
                Capture(row, step).Preprocess(step.Limits, preprocessing, plane.AsSpan(0, length));
                result.Fill(plane.AsSpan(0, length));
            }
            finally
            {
                ArrayPool<float>.Shared.Return(plane);
            }
        };
    }

    protected abstract CapturedSlice Capture(TRow row, SavedStep step);
}
