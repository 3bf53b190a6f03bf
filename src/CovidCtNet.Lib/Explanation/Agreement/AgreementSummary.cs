using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Lib.Explanation.Agreement;

/// <summary>Agreement of maps with readers' masks over many slices, each figure with an interval, chance and the centred blob.</summary>
public sealed class AgreementSummary
{
    private AgreementSummary(int slices, int groups, IReadOnlyList<AgreementFigure> figures)
    {
        Slices = slices;
        Groups = groups;
        Figures = figures;
    }

    /// <summary>Number of slices.</summary>
    public int Slices { get; }

    /// <summary>Number of groups, such as scans, that the bootstrap draws.</summary>
    public int Groups { get; }

    /// <summary>
    /// Pointing game, energy inside, energy ratio, IoU, Dice, pixel average precision. All are means over slices but the energy ratio,
    /// which is the mean energy over the mean area share: a mean of ratios would be ruled by slices with tiny masks.
    /// </summary>
    public IReadOnlyList<AgreementFigure> Figures { get; }

    /// <summary>Summarises slices.</summary>
    /// <param name="maps">The agreement of each slice's map.</param>
    /// <param name="blobs">That of the centred blob on the same slices; see <see cref="MaskAgreement.OfCentredBlob"/>.</param>
    /// <param name="groups">The group, such as the scan, of each slice: neighbouring slices are alike, and are drawn together.</param>
    /// <param name="options">How the bootstrap is run; null for the defaults.</param>
    /// <exception cref="ArgumentException">The lists differ in length or are empty.</exception>
    public static AgreementSummary Compute(
        IReadOnlyList<MaskAgreement> maps, IReadOnlyList<MaskAgreement> blobs, IReadOnlyList<string> groups, BootstrapOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(maps);
        ArgumentNullException.ThrowIfNull(blobs);
        ArgumentNullException.ThrowIfNull(groups);
        if (maps.Count == 0 || maps.Count != blobs.Count || maps.Count != groups.Count)
        {
            throw new ArgumentException($"{maps.Count} maps, {blobs.Count} blobs and {groups.Count} groups were given; each slice needs one of each.", nameof(maps));
        }

        options ??= new BootstrapOptions();
        var index = GroupBootstrap.IndexOf(groups);
        AgreementFigure Mean(string name, Func<MaskAgreement, double> figure, Func<MaskAgreement, double> chance) => Ratio(name, figure, _ => 1, maps.Average(chance));
        AgreementFigure Ratio(string name, Func<MaskAgreement, double> above, Func<MaskAgreement, double> below, double chance) => new(
            name,
            GroupBootstrap.Ratio([.. maps.Select(above)], [.. maps.Select(below)], index, options),
            GroupBootstrap.Ratio([.. blobs.Select(above)], [.. blobs.Select(below)], index, options),
            chance);
        return new AgreementSummary(
            maps.Count,
            index.Max() + 1,
            [
                Mean("pointing game", a => a.Pointing, a => a.PointingChance),
                Mean("energy inside", a => a.Energy, a => a.AreaShare),
                Ratio("energy ratio", a => a.Energy, a => a.AreaShare, 1),
                Mean("IoU", a => a.Iou, a => a.IouChance),
                Mean("Dice", a => a.Dice, a => a.DiceChance),
                Mean("pixel AP", a => a.AveragePrecision, a => a.AreaShare),
            ]);
    }
}
