using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Annotations;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>Annotations keep their pixels through every format, and bad files are refused by name.</summary>
public class AnnotationTests
{
    [Theory]
    [InlineData(new[] { 0, 6, 1, 3 }, "061M")]
    [InlineData(new[] { 0, 6, 1, 5 }, "061O")]
    [InlineData(new[] { 0, 6, 1, 6 }, "0610")]
    [InlineData(new[] { 0, 1, 1, 2, 1, 3, 1, 4, 1 }, "011101010")]
    [InlineData(new[] { 0, 1024 }, "0PP1")]
    [InlineData(new[] { 15, 16 }, "?`0")]
    public void Compressed_run_lengths_are_those_of_the_COCO_API(int[] counts, string text)
    {
        // Worked by hand from maskApi.c: five bits a character from '0', 0x20 says more, differences from the fourth count on.
        Assert.Equal(text, RunLength.ToText(counts));
        Assert.Equal(counts, RunLength.FromText(text));
    }

    [Fact]
    public void Run_lengths_go_down_the_columns()
    {
        // 3 wide, 2 high: inside are the lower left, and all of the last column.
        bool[] mask = [false, false, true, true, false, true];
        Assert.Equal([1, 1, 2, 2], AnnotatedRegion.FromMask(mask, 3, 2, "x").Counts.ToArray());
        Assert.Equal(mask, AnnotatedRegion.FromMask(mask, 3, 2, "x").ToMask());
    }

    [Fact]
    public void Polygons_fill_the_pixels_whose_centre_they_hold()
    {
        // A triangle with legs of 4: row y holds the centres with x + 0.5 < 4 - (y + 0.5).
        var region = AnnotatedRegion.FromPolygons([[new(0, 0), new(4, 0), new(0, 4)]], 5, 5, "x");
        var rows = Enumerable.Range(0, 5).Select(y => region.ToMask().Skip(5 * y).Take(5).Count(inside => inside));
        Assert.Equal([3, 2, 1, 0, 0], rows);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Outlines_give_back_exactly_the_mask_with_its_holes(int seed)
    {
        // Random pixels have parts that touch at corners, holes, islands in holes.
        var random = new Random(seed);
        var mask = Enumerable.Range(0, 23 * 17).Select(_ => random.NextDouble() < 0.55).ToArray();
        var polygons = AnnotatedRegion.FromMask(mask, 23, 17, "x").ToPolygons();
        Assert.Equal(mask, AnnotatedRegion.FromPolygons(polygons, 23, 17, "x").ToMask());
        Assert.Equal(MaskComponents.Of(mask, 23, 17).Areas.Count - 1, polygons.Count);
    }

    [Theory]
    [InlineData(CocoSegmentation.Polygons)]
    [InlineData(CocoSegmentation.RunLengths)]
    [InlineData(CocoSegmentation.CompressedRunLengths)]
    public void Coco_files_keep_slices_regions_and_labels(CocoSegmentation segmentation)
    {
        using var folder = new TemporaryFile();
        var first = Phantom(1);
        var second = new InfectionAnnotation(
            40, 30, [AnnotatedRegion.FromMask(Disk(40, 30, 12, 12, 6), 40, 30, "ground glass"), AnnotatedRegion.FromMask(Disk(40, 30, 25, 20, 4), 40, 30, "consolidation")])
        { SliceName = "b.png" };
        var empty = new InfectionAnnotation(8, 9, []) { SliceName = "c.png" };
        CocoFile.Write(folder["coco.json"], [first, second, empty], segmentation);
        var read = CocoFile.Read(folder["coco.json"]);
        Assert.Equal(["phantom 1", "b.png", "c.png"], read.Select(a => a.SliceName));
        Assert.Equal(first.ToMask(), read[0].ToMask());
        Assert.Equal(second.Regions[0].ToMask(), read[1].Regions[0].ToMask());
        Assert.Equal(["ground glass", "consolidation"], read[1].Regions.Select(r => r.Label));
        Assert.Empty(read[2].Regions);
        Assert.Equal("reader one", read[0].Reader);
    }

    [Fact]
    public void LabelMe_files_keep_the_annotation_and_its_candidate_mark()
    {
        using var folder = new TemporaryFile();
        var written = Phantom(2);
        LabelMeFile.Write(folder["a.json"], written);
        var read = LabelMeFile.Read(folder["a.json"]);
        Assert.Equal(written.ToMask(), read.ToMask());
        Assert.Equal(written.Regions.Count, read.Regions.Count);
        Assert.Equal((written.SliceName, written.Reader, true), (read.SliceName, read.Reader, read.IsCandidate));
    }

    [Fact]
    public void LabelMe_rectangles_circles_and_painted_masks_are_read()
    {
        using var folder = new TemporaryFile();
        using var png = new MemoryStream();
        CtImage.FromGray8([255, 0, 255, 255], 2, 2).SavePng(png);
        File.WriteAllText(folder["a.json"], $$"""
            { "version": "5.5.0", "imageWidth": 40, "imageHeight": 30, "imagePath": "s.png", "imageData": null, "shapes": [
              { "label": "r", "shape_type": "rectangle", "points": [[2, 3], [6, 5]] },
              { "label": "c", "shape_type": "circle", "points": [[20, 15], [28, 15]] },
              { "label": "m", "shape_type": "mask", "points": [[30, 20], [31, 21]], "mask": "{{Convert.ToBase64String(png.ToArray())}}" } ] }
            """);
        var read = LabelMeFile.Read(folder["a.json"]).Regions.ToDictionary(r => r.Label);
        Assert.Equal(8, read["r"].Area);

        // The area of the inscribed polygon of 64 corners is 200.7; pixels of a rim of 50 can lie on either side.
        Assert.InRange(read["c"].Area, 192, 209);
        Assert.Equal([(30, 20), (30, 21), (31, 21)], Pixels(read["m"]));
    }

    [Fact]
    public void Mask_pictures_are_written_and_read()
    {
        using var folder = new TemporaryFile();
        var annotation = Phantom(3);
        annotation.SaveMask(folder["mask.png"]);
        Assert.Equal(annotation.ToMask(), InfectionAnnotation.LoadMask(folder["mask.png"], anyAboveZero: false).ToMask());
        Assert.Equal(["mask.png"], folder.Names);
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("[1]", "'images' is missing")]
    [InlineData("""{"images":[{"id":1,"width":0,"height":3}],"annotations":[]}""", "not the size of a slice")]
    [InlineData("""{"images":[],"annotations":[{"image_id":1}]}""", "not listed")]
    [InlineData("""{"images":[{"id":1,"width":4,"height":3}],"annotations":[{"image_id":1}]}""", "'segmentation' is missing")]
    [InlineData("""{"images":[{"id":1,"width":4,"height":3}],"annotations":[{"image_id":1,"segmentation":[[1,2,3,4,5]]}]}""", "x, y pairs")]
    [InlineData("""{"images":[{"id":1,"width":4,"height":3}],"annotations":[{"image_id":1,"segmentation":{"size":[4,3],"counts":[12]}}]}""", "another size")]
    [InlineData("""{"images":[{"id":1,"width":4,"height":3}],"annotations":[{"image_id":1,"segmentation":{"size":[3,4],"counts":[13]}}]}""", "do not cover")]
    [InlineData("""{"images":[{"id":1,"width":4,"height":3}],"annotations":[{"image_id":1,"segmentation":{"size":[3,4],"counts":"0~"}}]}""", "do not cover")]
    public void Bad_coco_files_are_refused_by_name_and_reason(string text, string reason)
    {
        using var folder = new TemporaryFile();
        File.WriteAllText(folder["bad.json"], text);
        var error = Assert.Throws<AnnotationException>(() => CocoFile.Read(folder["bad.json"]));
        Assert.Contains("bad.json", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Agreement_equals_scikit_learn_and_SciPy()
    {
        // cohen_kappa_score, distance_transform_edt and binary_erosion on the same two masks, SciPy 1.10, scikit-learn 1.2.
        var a = Disk(30, 24, 10, 11, 6);
        for (var i = 0; i < a.Length; i++)
        {
            a[i] |= i % 30 is >= 22 and < 27 && i / 30 is >= 3 and < 6;
        }

        var b = Enumerable.Range(0, 30 * 24).Select(i => Square(i % 30, 12) + Square(i / 30, 10) <= 30).ToArray();
        var agreement = AnnotationAgreement.Compute(InfectionAnnotation.FromMask(a, 30, 24), InfectionAnnotation.FromMask(b, 30, 24));
        Assert.Equal(0.70222222222222219, agreement.Dice, 1e-12);
        Assert.Equal(0.54109589041095896, agreement.Iou, 1e-12);
        Assert.Equal(0.64831447567945882, agreement.Kappa, 1e-12);
        Assert.Equal(2.5146901453951798, agreement.MeanSurfaceDistance, 1e-12);
        Assert.Equal(8.976570406298919, agreement.Hausdorff95, 1e-12);
    }

    [Fact]
    public void A_candidate_holds_the_high_parts_of_the_map_and_says_so()
    {
        var values = new float[40 * 30];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = Disk(40, 30, 12, 12, 6)[i] ? 0.9f : 0.2f;
        }

        values[(25 * 40) + 35] = 1;
        var map = AttentionMap.FromPixels(AttentionMapTests.Gray(40, 30), values, AttentionScaling.Positive, new AttentionSource { Method = "grad-cam" });
        var candidate = InfectionAnnotation.FromMap(map, new CandidateOptions { MinimumAreaShare = 0.01 });
        Assert.True(candidate.IsCandidate);
        Assert.Contains("grad-cam", candidate.Note, StringComparison.Ordinal);
        Assert.Equal(Disk(40, 30, 12, 12, 6), candidate.ToMask());
        Assert.Equal(2, InfectionAnnotation.FromMap(map, new CandidateOptions { MinimumAreaShare = 0 }).Regions.Count);
    }

    internal static bool[] Disk(int width, int height, int x, int y, int radius) =>
        [.. Enumerable.Range(0, width * height).Select(i => Square(i % width, x) + Square(i / width, y) <= radius * radius)];

    private static int Square(int a, int b) => (a - b) * (a - b);

    private static InfectionAnnotation Phantom(int seed)
    {
        var phantom = CtPhantom.Create(seed, new CtPhantomOptions { Opacities = 4 });
        var plain = InfectionAnnotation.FromMask(phantom.OpacityMask, phantom.Image.Width, phantom.Image.Height);
        return new InfectionAnnotation(plain.Width, plain.Height, plain.Regions) { SliceName = phantom.Image.SourceName, Reader = "reader one", IsCandidate = true };
    }

    private static IEnumerable<(int X, int Y)> Pixels(AnnotatedRegion region) =>
        region.ToMask().Index().Where(p => p.Item).Select(p => (p.Index % region.Width, p.Index / region.Width));
}
