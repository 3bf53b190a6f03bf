using System.Text.Json;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Tests.Shared;

namespace CovidCtNet.Lib.Tests.Imaging;

/// <summary>Preprocessing against Pillow, its geometry by hand, and its record.</summary>
public class PreprocessingTests
{
    private static readonly CtPreprocessing Small = new() { Width = 8, Height = 4 };

    [Fact]
    public void Resampling_equals_Pillow_on_textures()
    {
        var cases = ExpectedValues.Read<JsonElement[]>("resize.json");
        Assert.Equal(14, cases.Length);
        foreach (var c in cases)
        {
            var (width, height) = (c.GetProperty("width").GetInt32(), c.GetProperty("height").GetInt32());
            var source = ExpectedValues.Pattern(c.GetProperty("sourceWidth").GetInt32(), c.GetProperty("sourceHeight").GetInt32());
            var fit = c.GetProperty("fit").GetString() == "stretch" ? CtFit.Stretch : CtFit.Letterbox;
            var made = new CtPreprocessing { Width = width, Height = height, Fit = fit }.Apply(source);
            var floats = c.GetProperty("floats").EnumerateArray().Select(v => v.GetSingle()).ToArray();
            var bytes = c.GetProperty("bytes").EnumerateArray().Select(v => v.GetInt32()).ToArray();
            Assert.Equal(floats.Length, made.Length);
            for (var i = 0; i < made.Length; i++)
            {
                // Pillow's float mode adds up in double: single precision over at most 70 taps of values up to 255 stays within 2e-4.
                Assert.Equal(floats[i], made[i] * 255, 2e-4f);

                // Its 8-bit mode rounds after each pass: half a step between the passes and half a step at the end.
                Assert.Equal(bytes[i], made[i] * 255, 1.001f);
            }
        }
    }

    [Fact]
    public void Resampling_equals_Pillow_on_real_slices()
    {
        RealData.Require("sarscov2-ct");
        foreach (var c in ExpectedValues.Read<ExpectedValues.RealCase[]>("real_slices.json"))
        {
            var image = CtImage.Load(RealData.Require(c.Path));
            Assert.Equal((c.Width, c.Height), (image.Width, image.Height));
            var fit = c.Fit == "stretch" ? CtFit.Stretch : CtFit.Letterbox;
            var made = new CtPreprocessing { Width = 224, Height = 224, Fit = fit }.Apply(image);
            Assert.Equal(c.Mean, made.Average() * 255, 1e-3);
            foreach (var point in c.Points)
            {
                Assert.Equal(point[2], made[((int)point[1] * 224) + (int)point[0]] * 255, 2e-4f);
            }
        }
    }

    [Theory]
    [InlineData(100, 100, 2, 0, 4, 4)]
    [InlineData(200, 100, 0, 0, 8, 4)]
    [InlineData(400, 100, 0, 1, 8, 2)]
    [InlineData(10, 1000, 3, 0, 1, 4)]
    [InlineData(7, 4, 0, 0, 7, 4)]
    public void Letterbox_keeps_proportions_and_centers(int width, int height, int x, int y, int w, int h)
    {
        var place = Small.Place(width, height);
        Assert.Equal(new CtPlacement(width, height, 8, 4, x, y, w, h), place);
    }

    [Fact]
    public void Placement_carries_points_there_and_back()
    {
        var place = CtPlacement.Compute(400, 100, 8, 4, CtFit.Letterbox);

        // By hand: scale 8 / 400, picture in rows 1 and 2.
        Assert.Equal((0.0, 1.0), place.ToTarget(0, 0));
        Assert.Equal((8.0, 3.0), place.ToTarget(400, 100));
        Assert.Equal((200.0, 50.0), place.ToSource(4, 2));
        var (x, y) = place.ToSource(place.ToTarget(123.4, 56.7).X, place.ToTarget(123.4, 56.7).Y);
        Assert.Equal(123.4, x, 1e-9);
        Assert.Equal(56.7, y, 1e-9);
    }

    [Fact]
    public void Padding_and_picture_are_normalised_alike()
    {
        // A white square in 8 x 4: columns 0, 1 and 6, 7 are padding of intensity 0.25.
        var white = CtImage.FromGray8([255, 255, 255, 255], 2, 2);
        var plane = (Small with { Padding = 0.25f, Mean = 0.5f, StandardDeviation = 0.25f }).Apply(white);
        for (var i = 0; i < plane.Length; i++)
        {
            Assert.Equal(i % 8 is >= 2 and < 6 ? 2f : -1f, plane[i], 1e-6f);
        }
    }

    [Fact]
    public void Hounsfield_uses_the_window_of_the_preprocessing_not_of_the_slice()
    {
        // -600 HU is the middle of the lung window and below the mediastinal one; 40 HU is the middle of the mediastinal one.
        var slice = CtImage.FromHounsfield([(short)424, 1064, 3, 9000], 4, 1, slope: 1, intercept: -1024, window: CtWindow.Mediastinum);
        var preprocessing = new CtPreprocessing { Width = 4, Height = 1, Fit = CtFit.Stretch };
        float[] lung = [0.5f, (40f + 1350) / 1500, (-1021f + 1350) / 1500, 1];
        float[] soft = [0, 0.5f, 0, 1];
        Assert.Equal(lung, preprocessing.Apply(slice), (a, b) => MathF.Abs(a - b) < 1e-6f);
        Assert.Equal(soft, (preprocessing with { Window = CtWindow.Mediastinum }).Apply(slice), (a, b) => MathF.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Gray16_scales_by_its_maximum()
    {
        var twelve = CtImage.FromGray16([0, 4095, 2048], 3, 1, maximumValue: 4095);
        float[] expected = [0, 1, 2048f / 4095];
        Assert.Equal(expected, new CtPreprocessing { Width = 3, Height = 1 }.Apply(twelve), (a, b) => MathF.Abs(a - b) < 1e-6f);
    }

    [Fact]
    public void Apply_allocates_nothing_once_warm_and_is_the_same_from_many_threads()
    {
        var image = ExpectedValues.Pattern(301, 233);
        var preprocessing = new CtPreprocessing { Mean = 0.4f, StandardDeviation = 0.3f };
        var expected = preprocessing.Apply(image);
        var plane = new float[expected.Length];
        preprocessing.Apply(image, plane);

        // The least of several: a collection for another test may empty the array pool between two calls.
        var allocated = Enumerable.Range(0, 8).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            preprocessing.Apply(image, plane);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
        Assert.InRange(allocated, 0, 100);

        Parallel.For(0, 16, _ => Assert.Equal(expected, preprocessing.Apply(image)));
    }

    [Fact]
    public void Record_survives_json_and_equals_itself()
    {
        var record = new CtPreprocessing
        {
            Width = 160,
            Height = 128,
            Fit = CtFit.Stretch,
            Padding = 0.1f,
            Mean = 0.61f,
            StandardDeviation = 0.27f,
            Window = new CtWindow(-500, 1400),
        };
        Assert.Equal(record, CtPreprocessing.FromJson(record.ToJson()));
        Assert.Equal(
            """{"width":160,"height":128,"fit":"stretch","padding":0.1,"mean":0.61,"standardDeviation":0.27,"window":{"center":-500,"width":1400}}""",
            record.ToJson());
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("null")]
    [InlineData("nonsense")]
    [InlineData("""{"width":0,"height":128,"fit":"stretch","padding":0.1,"mean":0.61,"standardDeviation":0.27,"window":{"center":-500,"width":1400}}""")]
    [InlineData("""{"width":160,"height":128,"fit":"squash","padding":0.1,"mean":0.61,"standardDeviation":0.27,"window":{"center":-500,"width":1400}}""")]
    [InlineData("""{"width":160,"height":128,"fit":"stretch","padding":0.1,"mean":0.61,"standardDeviation":0,"window":{"center":-500,"width":1400}}""")]
    [InlineData("""{"width":160,"height":128,"fit":"stretch","padding":0.1,"mean":0.61,"window":{"center":-500,"width":1400}}""")]
    [InlineData("""{"width":160,"height":128,"fit":"stretch","padding":0.1,"mean":0.61,"standardDeviation":0.27,"window":null}""")]
    [InlineData("""{"width":160,"height":128,"fit":"stretch","padding":0.1,"mean":0.61,"standardDeviation":0.27,"window":{"center":-500}}""")]
    [InlineData("""{"width":160,"height":128,"fit":"stretch","padding":0.1,"mean":0.61,"standardDeviation":0.27,"window":{"center":-500,"width":-1}}""")]
    public void Bad_json_is_a_JsonException(string json)
        => Assert.ThrowsAny<JsonException>(() => CtPreprocessing.FromJson(json));

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Small with { Width = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Small with { Height = 4097 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Small with { Padding = float.NaN });
        Assert.Throws<ArgumentOutOfRangeException>(() => Small with { Mean = float.PositiveInfinity });
        Assert.Throws<ArgumentOutOfRangeException>(() => Small with { StandardDeviation = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => Small with { Fit = (CtFit)7 });
        Assert.Throws<ArgumentException>(() => Small.Apply(ExpectedValues.Pattern(2, 2), new float[31]));
    }
}
