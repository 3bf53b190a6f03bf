using CovidCtNet.Lib.Explanation.Pictures;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Native;
using SkiaSharp;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Augmentation;

/// <summary>One picture of what augmentation does: a row for each slice, a column for each effect alone, then all together.</summary>
public static class ContactSheet
{
    private const int Gap = 4;
    private const int TextScale = 1;
    private const int HeaderHeight = (PixelFont.LineHeight * TextScale) + Gap;
    private const int Together = 3;

    // Half of the slices stay sharp, and an effect may be drawn near nothing: the sheet shows the first draw that can be seen.
    private const int Draws = 32;
    private const float Visible = 0.08f;

    /// <summary>Writes the sheet as PNG.</summary>
    /// <param name="path">The file.</param>
    /// <param name="dataset">Decoded slices.</param>
    /// <param name="slices">Which of them to show, at least one.</param>
    /// <param name="options">The effects; those that are off have no column. Flip and erasing are shown as certain.</param>
    /// <param name="seed">The same seed gives the same sheet.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="TorchNotAvailableException">No libtorch on this machine.</exception>
    public static void Save(string path, SliceDataset dataset, IReadOnlyList<int> slices, AugmentationOptions options, int seed)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfZero(slices.Count, nameof(slices));
        TorchRuntime.EnsureLoaded();
        var columns = Columns(options);
        var (width, height) = (dataset.Preprocessing.Width, dataset.Preprocessing.Height);
        using var sheet = new SKBitmap(new SKImageInfo(
            Gap + ((columns.Count + 1) * (width + Gap)), HeaderHeight + Gap + (slices.Count * (height + Gap)), SKColorType.Rgba8888, SKAlphaType.Opaque));
        using (var canvas = new SKCanvas(sheet))
        {
            canvas.Clear(new SKColor(0x10, 0x10, 0x10));
            Title(canvas, "slice", 0);
            for (var c = 0; c < columns.Count; c++)
            {
                Title(canvas, columns[c].Name, c + 1);
            }

            for (var r = 0; r < slices.Count; r++)
            {
                var slice = dataset.Gather([slices[r]]);
                Draw(canvas, slice, r, 0);
                for (var c = 0; c < columns.Count; c++)
                {
                    Draw(canvas, Changed(slice, columns[c].Options, HashCode(seed, r, c)), r, c + 1);
                }
            }
        }

        var png = PictureFile.ToPng(sheet);
        AtomicFile.Write(path, stream => stream.Write(png));

        void Title(SKCanvas canvas, string text, int column) =>
            PixelFont.Draw(canvas, PixelFont.Fit(text, width, TextScale), Gap + (column * (width + Gap)), Gap, TextScale, new SKColor(0xD0, 0xD0, 0xD0));

        void Draw(SKCanvas canvas, float[] plane, int row, int column)
        {
            using var tile = new SKBitmap(new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque));
            for (var i = 0; i < plane.Length; i++)
            {
                var gray = (byte)Math.Clamp((plane[i] * 255) + 0.5f, 0, 255);
                tile.SetPixel(i % width, i / width, new SKColor(gray, gray, gray));
            }

            canvas.DrawBitmap(tile, Gap + (column * (width + Gap)), HeaderHeight + Gap + (row * (height + Gap)));
        }

        float[] Changed(float[] slice, AugmentationOptions effect, int first)
        {
            var changed = slice;
            for (var draw = 0; draw < Draws; draw++)
            {
                using var scope = NewDisposeScope();
                changed = Augmenter.Apply(tensor(slice, [1, 1, height, width]), effect, (first + draw) & int.MaxValue).data<float>().ToArray();
                if (changed.Zip(slice, (a, b) => Math.Abs(a - b)).Max() > Visible)
                {
                    break;
                }
            }

            return changed;
        }
    }

    private static List<(string Name, AugmentationOptions Options)> Columns(AugmentationOptions o)
    {
        var none = AugmentationOptions.None;
        (string Name, AugmentationOptions Options)[] alone =
        [
            ("rotation", none with { RotationDegrees = o.RotationDegrees }),
            ("translation", none with { Translation = o.Translation }),
            ("zoom", none with { MinimumCrop = o.MinimumCrop }),
            ("aspect", none with { MaximumAspect = o.MaximumAspect }),
            ("flip", none with { HorizontalFlip = o.HorizontalFlip > 0 ? 1 : 0 }),
            ("elastic", none with { Elastic = o.Elastic }),
            ("brightness", none with { Brightness = o.Brightness }),
            ("contrast", none with { Contrast = o.Contrast }),
            ("gamma", none with { MaximumGamma = o.MaximumGamma }),
            ("noise", none with { Noise = o.Noise }),
            ("blur", none with { Blur = o.Blur }),
            ("resolution", none with { MinimumResolution = o.MinimumResolution }),
            ("erasing", none with { Erasing = o.Erasing > 0 ? 1 : 0 }),
        ];
        return [.. alone.Where(c => c.Options != none), .. Enumerable.Range(1, Together).Select(i => ($"together {i}", o))];
    }

    private static int HashCode(int seed, int row, int column) => ((seed * 1009) + (row * 8191) + (column * 131)) & int.MaxValue;
}
