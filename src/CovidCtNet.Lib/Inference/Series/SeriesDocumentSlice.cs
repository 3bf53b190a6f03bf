using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

/// <summary>A slice, in the JSON of a series result.</summary>
internal sealed record SeriesDocumentSlice
{
    public required int Index { get; init; }

    public required string? SopInstanceUid { get; init; }

    /// <summary>From 1, as DICOM counts.</summary>
    public required int Frame { get; init; }

    public required double? LocationMillimetres { get; init; }

    public required double? Probability { get; init; }

    public required double? Logit { get; init; }

    public required string? Label { get; init; }

    public required CtGateVerdict? Gate { get; init; }

    public required IReadOnlyList<CtGateReason> GateReasons { get; init; }

    public required string? Error { get; init; }

    public static SeriesDocumentSlice Of(CtSeriesSliceResult result) => new()
    {
        Index = result.Index,
        SopInstanceUid = result.Slice.SopInstanceUid,
        Frame = result.Slice.Frame + 1,
        LocationMillimetres = result.Slice.Location is { } place && double.IsFinite(place) ? place : null,
        Probability = result.Prediction?.Probability,
        Logit = result.Prediction?.Logit,
        Label = result.Prediction?.Label.Name,
        Gate = result.Gate?.Verdict,
        GateReasons = result.Gate?.Reasons ?? [],

        // The message of an exception begins with the name of the file.
        Error = result.Error is CtImageException e ? $"It {e.Reason}. {e.Cure}." : result.Error?.GetType().Name,
    };
}
