using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

/// <summary>The JSON of a series result; <c>docs/dicom.md</c> explains it.</summary>
internal sealed record SeriesDocument
{
    public const string CurrentSchema = "covidctnet-series/1";

    public required string Schema { get; init; }

    public required string Notice { get; init; }

    public required SeriesModel Model { get; init; }

    public required string? StudyInstanceUid { get; init; }

    public required string? SeriesInstanceUid { get; init; }

    public required double Probability { get; init; }

    public required bool Calibrated { get; init; }

    public required string Label { get; init; }

    public required CtSeriesRule Rule { get; init; }

    public required CtGateMode Gate { get; init; }

    public required CtWindow Window { get; init; }

    public required double? SpacingMillimetres { get; init; }

    public required IReadOnlyList<CtSeriesGap> Gaps { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Indices into <see cref="Slices"/>, the highest first.</summary>
    public required IReadOnlyList<int> Driving { get; init; }

    public required IReadOnlyList<SeriesDocumentSlice> Slices { get; init; }

    public static SeriesDocument Of(CtSeriesPrediction p) => new()
    {
        Schema = CurrentSchema,
        Notice = "Research use, not a medical device. Output of a model, not a finding.",
        Model = new SeriesModel(p.Contract.Name, p.Contract.Version, p.Contract.WeightsSha256),
        StudyInstanceUid = p.Series.StudyInstanceUid,
        SeriesInstanceUid = p.Series.SeriesInstanceUid,
        Probability = p.Probability,
        Calibrated = p.IsCalibrated,
        Label = p.Label.Name,
        Rule = p.Rule,
        Gate = p.Options.Gate,
        Window = p.Window,
        SpacingMillimetres = p.Series.Spacing is { } spacing && double.IsFinite(spacing) ? spacing : null,
        Gaps = p.Series.Gaps,
        Notes = p.Notes,
        Driving = [.. p.Driving.Select(s => s.Index)],
        Slices = [.. p.Slices.Select(SeriesDocumentSlice.Of)],
    };
}
