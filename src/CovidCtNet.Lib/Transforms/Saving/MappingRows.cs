using CovidCtNet.Lib.Imaging;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>The rows that registered mappings read and write.</summary>
internal static class MappingRows
{
    internal sealed class None;

    internal sealed class SeedRow
    {
        [ColumnName(SavedColumns.Seed)]
        public string? Seed { get; set; }
    }

    /// <summary>What every mapping but the seed reads.</summary>
    internal abstract class SettingsRow
    {
        [ColumnName(SavedColumns.Settings)]
        public ReadOnlyMemory<char> Settings { get; set; }
    }

    internal sealed class PathRow : SettingsRow
    {
        [ColumnName(SavedColumns.Input)]
        public ReadOnlyMemory<char> Input { get; set; }
    }

    internal sealed class BytesRow : SettingsRow
    {
        [ColumnName(SavedColumns.Input)]
        public VBuffer<byte> Input { get; set; }
    }

    // The attribute demands a size; columns of pictures of any size are taken.
    internal sealed class ImageRow : SettingsRow
    {
        [ColumnName(SavedColumns.Input), ImageType(1, 1)]
        public MLImage? Input { get; set; }
    }

    internal sealed class SliceRow : SettingsRow
    {
        [ColumnName(SavedColumns.Input), CtSliceType]
        public CtImage? Input { get; set; }
    }

    internal sealed class SliceOutputRow
    {
        [ColumnName(SavedColumns.Slice), CtSliceType]
        public CtImage? Slice { get; set; }
    }

    internal sealed class PlaneRow : SettingsRow
    {
        [ColumnName(SavedColumns.Input)]
        public VBuffer<float> Input { get; set; }
    }

    internal sealed class LogitsRow : SettingsRow
    {
        [ColumnName(SavedColumns.Plane), PreparedPlaneType]
        public PreparedPlane? Plane { get; set; }

        [ColumnName(SavedColumns.Logits)]
        public VBuffer<float> Logits { get; set; }
    }

    internal sealed class ScoreRow
    {
        [ColumnName(SavedColumns.Score)]
        public float Score { get; set; }

        [ColumnName(SavedColumns.Probability)]
        public float Probability { get; set; }

        [ColumnName(SavedColumns.PredictedLabel)]
        public bool PredictedLabel { get; set; }
    }
}
