using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Agreement;
using CovidCtNet.Lib.Explanation.Annotations;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>Figures of agreement equal numbers worked by hand, and intervals those of a known distribution.</summary>
public class AgreementTests
{
    [Fact]
    public void Figures_of_a_small_map_are_those_worked_by_hand()
    {
        // 4 x 2 pixels; the mask has the first and last of the upper row. Ranked: 1.0 (in), 0.8 (out), 0.6 (in), the rest lower.
        bool[] mask = [true, false, false, true, false, false, false, false];
        var agreement = MaskAgreement.Compute(Map([1, 0.8f, 0, 0.6f, 0.4f, 0.2f, 0, 0], 4, 2), Annotation(mask, 4, 2));
        Assert.Equal(1, agreement.Pointing);
        Assert.Equal(0.25, agreement.AreaShare);
        Assert.Equal(1.6 / 3, agreement.Energy, 1e-6);
        Assert.Equal(1.6 / 3 / 0.25, agreement.EnergyRatio, 1e-5);

        // At 0.5: three marked, two of them in the mask.
        Assert.Equal(2 / 3.0, agreement.Iou, 1e-12);
        Assert.Equal(0.8, agreement.Dice, 1e-12);

        // Independent regions of 1/4 and 3/8: 3/32 in common.
        Assert.Equal(3 / 32.0 / ((2 / 8.0) + (3 / 8.0) - (3 / 32.0)), agreement.IouChance, 1e-12);
        Assert.Equal(2 * (3 / 32.0) / (5 / 8.0), agreement.DiceChance, 1e-12);

        // Precision 1 at recall 1/2, 2/3 at recall 1.
        Assert.Equal((1 + (2 / 3.0)) / 2, agreement.AveragePrecision, 1e-12);
    }

    [Fact]
    public void Several_highest_pixels_share_the_hit_and_a_flat_map_is_chance()
    {
        bool[] mask = [true, false, false, false];
        Assert.Equal(0.5, MaskAgreement.Compute(Map([1, 1, 0, 0], 2, 2), Annotation(mask, 2, 2)).Pointing);
        var flat = MaskAgreement.Compute(Map([0, 0, 0, 0], 2, 2), Annotation(mask, 2, 2));
        Assert.Equal((0.25, 0.25, 1), (flat.Pointing, flat.Energy, flat.EnergyRatio));
        Assert.Throws<ArgumentException>(() => MaskAgreement.Compute(Map([1, 0, 0, 0], 2, 2), new InfectionAnnotation(2, 2, [])));
        Assert.Throws<ArgumentException>(() => MaskAgreement.Compute(Map([1, 0, 0, 0], 2, 2), new InfectionAnnotation(4, 1, [])));
    }

    [Fact]
    public void A_tolerance_widens_the_hit_and_its_chance()
    {
        var mask = new bool[49];
        mask[24] = true;
        var values = new float[49];
        values[(3 * 7) + 5] = 1;
        MaskAgreement At(double tolerance) => MaskAgreement.Compute(Map(values, 7, 7), Annotation(mask, 7, 7), new() { PointingTolerance = tolerance });
        Assert.Equal((0, 1 / 49.0), (At(1.9).Pointing * 1.0, At(0).PointingChance));
        Assert.Equal(1, At(2).Pointing);

        // Within 2 pixels of a pixel lie 13.
        Assert.Equal(13 / 49.0, At(2).PointingChance, 1e-12);
    }

    [Fact]
    public void The_centred_blob_finds_what_lies_at_the_centre()
    {
        var centre = MaskAgreement.OfCentredBlob(Annotation(AnnotationTests.Disk(41, 41, 20, 20, 5), 41, 41));
        var corner = MaskAgreement.OfCentredBlob(Annotation(AnnotationTests.Disk(41, 41, 3, 3, 3), 41, 41));
        Assert.Equal((1, 0), (centre.Pointing, corner.Pointing));
        Assert.True(centre.EnergyRatio > 2 && corner.EnergyRatio < 0.5);
    }

    [Fact]
    public void Summaries_are_means_and_ratios_with_intervals_over_groups()
    {
        // Ten groups of two slices, the slices of a group alike: the interval is that of ten values, whose mean of 0 and 1 with share 0.4
        // has a standard error of sqrt(0.24 / 10) = 0.155; percentile limits of a binomial of 10 are whole tenths.
        var slices = Enumerable.Range(0, 20).Select(i => Agreement(pointing: i / 2 < 4 ? 1 : 0, energy: 0.1 + (0.01 * (i / 2)), area: i % 2 == 0 ? 0.02 : 0.08)).ToArray();
        string[] groups = [.. Enumerable.Range(0, 20).Select(i => $"scan {i / 2}")];
        var summary = AgreementSummary.Compute(slices, slices, groups, new BootstrapOptions { Interval = BootstrapInterval.Percentile, Replicates = 4000 });
        Assert.Equal((20, 10), (summary.Slices, summary.Groups));
        var pointing = summary.Figures[0];
        Assert.Equal(0.4, pointing.Value.Estimate, 1e-12);
        Assert.Equal((0.1, 0.7), (Math.Round(pointing.Value.Lower, 6), Math.Round(pointing.Value.Upper, 6)));
        var ratio = summary.Figures.Single(f => f.Name == "energy ratio");
        Assert.Equal(0.145 / 0.05, ratio.Value.Estimate, 1e-9);
        Assert.Equal(1, ratio.Chance);
    }

    [Fact]
    public void Shares_of_border_corners_and_lungs_add_up_by_area_for_an_even_map()
    {
        var even = AttentionPlace.Compute(Map(Enumerable.Repeat(1f, 2500).ToArray(), 50, 50), AnnotationTests.Disk(50, 50, 25, 25, 10));
        Assert.Equal(even.LungArea, even.Lungs, 1e-9);
        Assert.Equal(1 - (0.8 * 0.8), even.Border, 1e-9);
        Assert.Equal(4 * 0.2 * 0.2, even.Corners, 1e-9);
        var corner = new float[2500];
        corner[51] = 1;
        var place = AttentionPlace.Compute(Map(corner, 50, 50));
        Assert.Equal((1.0, 1.0), (place.Border, place.Corners));
        Assert.True(double.IsNaN(place.Lungs));
    }

    [Fact]
    public void Correlations_equal_those_of_SciPy()
    {
        // scipy.stats.pearsonr and spearmanr, SciPy 1.10.
        double[] a = [1, 2, 2, 4, 7, 3];
        double[] b = [2, 1, 3, 5, 9, 3];
        Assert.Equal(0.9552008998760876, Correlation.Pearson(a, b), 1e-12);
        Assert.Equal(0.8676470588235294, Correlation.Spearman(a, b), 1e-12);
        Assert.True(double.IsNaN(Correlation.Pearson([1, 1], [1, 2])));
    }

    private static MaskAgreement Agreement(double pointing, double energy, double area) => new()
    {
        Pointing = pointing,
        PointingChance = area,
        Energy = energy,
        AreaShare = area,
        Iou = 0,
        IouChance = 0,
        Dice = 0,
        DiceChance = 0,
        AveragePrecision = 0,
    };

    private static AttentionMap Map(float[] values, int width, int height) =>
        AttentionMap.FromPixels(AttentionMapTests.Gray(width, height), values, AttentionScaling.Positive, new AttentionSource { Method = "test" });

    private static InfectionAnnotation Annotation(bool[] mask, int width, int height) => InfectionAnnotation.FromMask(mask, width, height);
}
