using CovidCtNet.Lib.Imaging;
using CovidCtNet.Tests.Shared;

namespace CovidCtNet.Lib.Tests.Imaging;

public sealed class LungFieldTests
{
    private static readonly CtPreprocessing Cropping = new() { Width = 64, Height = 64, Fit = CtFit.Stretch, Crop = CtCrop.LungField };

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 3)]
    [InlineData(3, 6)]
    public void Box_holds_the_lungs_of_a_phantom_in_air_and_little_more(int seed, int opacities)
    {
        var (image, lungs) = InAir(CtPhantom.Create(seed, new CtPhantomOptions { Opacities = opacities }));

        var box = LungField.Find(image, CtWindow.Lung)!.Value;

        // Bounds of the true mask, which the finder never sees. It searches at 3.7 pixels a step, hence the slack of two steps.
        var truth = Bounds(lungs, image.Width);
        Assert.InRange(box.X, 0, truth.X + 7);
        Assert.InRange(box.Y, 0, truth.Y + 7);
        Assert.InRange(box.X + box.Width, truth.X + truth.Width - 7, image.Width);
        Assert.InRange(box.Y + box.Height, truth.Y + truth.Height - 7, image.Height);
        Assert.True(box.Width * box.Height < 1.6 * truth.Width * truth.Height, $"{box} is far larger than the lungs' {truth}");
    }

    [Fact]
    public void Slice_cut_to_the_body_and_pictures_without_lungs_keep_everything()
    {
        var (image, lungs) = InAir(CtPhantom.Create(4));
        var cut = Cut(image, Bounds(lungs, image.Width));
        var gray = CtImage.FromGray8(Enumerable.Repeat((byte)128, 100 * 80).ToArray(), 100, 80);
        var noise = CtImage.FromGray8(Enumerable.Range(0, 100 * 80).Select(i => (byte)((i * 7919) % 251)).ToArray(), 100, 80);
        var dot = CtImage.FromGray8([7], 1, 1);

        foreach (var picture in (CtImage[])[cut, gray, noise, dot])
        {
            Assert.Null(LungField.Find(picture, CtWindow.Lung));
            Assert.Equal((Cropping with { Crop = CtCrop.None }).Apply(picture), Cropping.Apply(picture));
        }
    }

    [Fact]
    public void Body_in_air_whose_lungs_are_cut_open_is_cut_to_the_body()
    {
        var (image, lungs) = InAir(CtPhantom.Create(4));
        var truth = Bounds(lungs, image.Width);

        // Narrower and lower than the lungs, so that each is open to the frame of air that is put around it.
        var cut = Cut(image, new CtRegion(truth.X + 12, truth.Y + 12, truth.Width - 24, truth.Height - 24));
        var framed = Framed(cut, 60);

        var box = LungField.Find(framed, CtWindow.Lung)!.Value;

        // The picture that was framed, but for the lungs at its sides, which cannot be told from the air: two steps of the search.
        Assert.InRange(box.X, 54, 60 + (cut.Width / 4));
        Assert.InRange(box.Y, 54, 66);
        Assert.InRange(box.Height, cut.Height - 12, cut.Height + 12);
        Assert.InRange(box.Width, cut.Width / 2, cut.Width + 12);
    }

    [Theory]
    [InlineData(CtFit.Stretch)]
    [InlineData(CtFit.Letterbox)]
    public void Cropped_input_is_that_of_the_slice_cut_by_hand(CtFit fit)
    {
        var (image, _) = InAir(CtPhantom.Create(5));
        var preprocessing = Cropping with { Fit = fit, Mean = 0.4f, StandardDeviation = 0.2f };
        var box = LungField.Find(image, CtWindow.Lung)!.Value;

        Assert.Equal((preprocessing with { Crop = CtCrop.None }).Apply(Cut(image, box)), preprocessing.Apply(image));
    }

    [Fact]
    public void Points_go_to_the_input_and_back()
    {
        var (image, _) = InAir(CtPhantom.Create(6));
        var place = Cropping.Place(image);
        var box = place.Region;

        Assert.Equal((0, 0), place.ToTarget(box.X, box.Y));
        var (right, bottom) = place.ToTarget(box.X + box.Width, box.Y + box.Height);
        Assert.Equal(64, right, 9);
        Assert.Equal(64, bottom, 9);
        var (x, y) = place.ToSource(16, 48);
        Assert.Equal(box.X + (box.Width / 4.0), x, 9);
        Assert.Equal(box.Y + (box.Height * 3 / 4.0), y, 9);
    }

    [Fact]
    public void Hounsfield_slice_and_its_windowed_picture_give_the_same_box()
    {
        var (image, _) = InAir(CtPhantom.Create(7));
        var hounsfield = new float[image.Pixels.Length];
        for (var i = 0; i < hounsfield.Length; i++)
        {
            hounsfield[i] = (float)(CtWindow.Lung.Center + (((image.Pixels[i] / 255f) - 0.5f) * CtWindow.Lung.Width));
        }

        var other = CtImage.FromHounsfield<float>(hounsfield, image.Width, image.Height, 1, 0, CtWindow.Lung);

        Assert.Equal(LungField.Find(image, CtWindow.Lung), LungField.Find(other, CtWindow.Lung));
    }

    [Fact]
    public void Record_without_a_crop_is_read_and_written_as_before()
    {
        var plain = Cropping with { Crop = CtCrop.None };
        Assert.DoesNotContain("crop", plain.ToJson(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(plain, CtPreprocessing.FromJson(plain.ToJson()));
        Assert.Contains("\"crop\":\"lungField\"", Cropping.ToJson(), StringComparison.Ordinal);
        Assert.Equal(Cropping, CtPreprocessing.FromJson(Cropping.ToJson()));
    }

    [Fact]
    public void Real_slices_keep_their_lungs()
    {
        var cut = Directory.GetFiles(RealData.Require("sarscov2-ct/COVID")).Where((_, i) => i % 10 == 0).Count(f => LungField.Find(CtImage.Load(f), CtWindow.Lung) is not null);
        Assert.True(cut < 4, $"{cut} of about a hundred slices that are already cut to the body were cut again");

        var missed = new List<string>();
        foreach (var file in Directory.GetFiles(RealData.Require("medseg/ct")))
        {
            var lung = CtImage.Load(RealData.Require(Path.Combine("medseg/lung", Path.GetFileName(file))));
            if (LungField.Find(CtImage.Load(file), CtWindow.Lung) is not { } box)
            {
                continue;
            }

            var (inside, all) = (0, 0);
            for (var i = 0; i < lung.Pixels.Length; i++)
            {
                var (x, y) = (i % lung.Width, i / lung.Width);
                all += lung.Pixels[i] > 0 ? 1 : 0;
                inside += lung.Pixels[i] > 0 && x >= box.X && x < box.X + box.Width && y >= box.Y && y < box.Y + box.Height ? 1 : 0;
            }

            if (all > 5000 && inside < 0.95 * all)
            {
                missed.Add($"{Path.GetFileName(file)} {inside}/{all}");
            }
        }

        Assert.Empty(missed);
    }

    // A wide frame of air around the phantom, as scanners show it.
    private static (CtImage Image, bool[] Lungs) InAir(CtPhantom phantom)
    {
        var source = phantom.Image;
        var (width, height) = (source.Width + 90, source.Height + 120);
        var intensity = new float[source.Pixels.Length];
        source.CopyIntensityTo(intensity, CtWindow.Lung);
        var pixels = new byte[width * height];
        var lungs = new bool[pixels.Length];
        for (var y = 0; y < source.Height; y++)
        {
            for (var x = 0; x < source.Width; x++)
            {
                var at = ((y + 40) * width) + x + 60;
                pixels[at] = (byte)Math.Round(intensity[(y * source.Width) + x] * 255);
                lungs[at] = phantom.LungMask[(y * source.Width) + x];
            }
        }

        return (CtImage.FromGray8(pixels, width, height), lungs);
    }

    private static CtImage Framed(CtImage image, int margin)
    {
        var (width, height) = (image.Width + (2 * margin), image.Height + (2 * margin));
        var pixels = new byte[width * height];
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            pixels[(((i / image.Width) + margin) * width) + margin + (i % image.Width)] = (byte)image.Pixels[i];
        }

        return CtImage.FromGray8(pixels, width, height);
    }

    private static CtImage Cut(CtImage image, CtRegion box)
    {
        var pixels = new byte[box.Width * box.Height];
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)image[box.X + (i % box.Width), box.Y + (i / box.Width)];
        }

        return CtImage.FromGray8(pixels, box.Width, box.Height);
    }

    private static CtRegion Bounds(bool[] mask, int width)
    {
        var set = Enumerable.Range(0, mask.Length).Where(i => mask[i]).ToArray();
        var (left, right) = (set.Min(i => i % width), set.Max(i => i % width));
        var (top, bottom) = (set.Min(i => i / width), set.Max(i => i / width));
        return new CtRegion(left, top, right - left + 1, bottom - top + 1);
    }
}
