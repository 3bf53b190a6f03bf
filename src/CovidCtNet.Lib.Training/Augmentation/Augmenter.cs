using TorchSharp;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Augmentation;

/// <summary>Applies <see cref="AugmentationOptions"/> to batches; the same seed gives the same result.</summary>
internal static class Augmenter
{
    // Kept for good: a Scalar made on the way may be collected while torch still reads it, which ended a long sweep.
    private static readonly Scalar Black = 0;
    private static readonly Scalar Middle = 0.5f;
    private static readonly Scalar White = 1;

    // Rows of Pascal's triangle: a Gaussian of about one pixel.
    private static readonly float[] Binomial = [1 / 16f, 4 / 16f, 6 / 16f, 4 / 16f, 1 / 16f];

    /// <summary>Changes a batch of intensities, [N, 1, H, W] in [0, 1], into a new one of the same shape and range.</summary>
    public static Tensor Apply(Tensor batch, AugmentationOptions options, int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        var n = (int)batch.shape[0];
        var x = Warp(batch, options, random);
        x = Blur(x, options, random);
        x = LoseResolution(x, options, random);

        // Gray values: contrast about the middle and brightness, then gamma.
        var contrast = PerSlice(n, () => 1 + (options.Contrast * Symmetric(random)));
        var brightness = PerSlice(n, () => options.Brightness * Symmetric(random));
        x = (((x - Middle) * contrast) + Middle + brightness).clamp(Black, White);
        x = x.pow(PerSlice(n, () => Math.Exp(Math.Log(options.MaximumGamma) * Symmetric(random))));
        if (options.Noise > 0)
        {
            using var generator = new Generator((ulong)random.NextInt64());
            x = (x + (randn(x.shape, generator: generator) * PerSlice(n, () => options.Noise * random.NextDouble()))).clamp(Black, White);
        }

        Erase(x, options, random);
        return x.MoveToOuterDisposeScope();
    }

    // One bilinear sampling for flip, rotation, crop, aspect and shift together, so that a slice is interpolated once.
    private static Tensor Warp(Tensor batch, AugmentationOptions options, Random random)
    {
        var (n, height, width) = ((int)batch.shape[0], (double)batch.shape[2], (double)batch.shape[3]);
        var matrices = new float[n * 6];
        for (var i = 0; i < n; i++)
        {
            var angle = options.RotationDegrees * Symmetric(random) * Math.PI / 180;
            var crop = options.MinimumCrop + ((1 - options.MinimumCrop) * random.NextDouble());
            var aspect = Math.Exp(0.5 * Math.Log(options.MaximumAspect) * Symmetric(random));
            var flip = random.NextDouble() < options.HorizontalFlip ? -1 : 1;
            var (sx, sy) = (Math.Min(crop * aspect, 1.1), Math.Min(crop / aspect, 1.1));

            // A crop may lie anywhere inside the slice; the shift comes on top. Coordinates run from -1 to 1.
            var dx = (Math.Max(0, 1 - sx) * Symmetric(random)) + (2 * options.Translation * Symmetric(random));
            var dy = (Math.Max(0, 1 - sy) * Symmetric(random)) + (2 * options.Translation * Symmetric(random));
            var (sin, cos) = Math.SinCos(angle);
            var m = matrices.AsSpan(i * 6, 6);
            m[0] = (float)(flip * sx * cos);
            m[1] = (float)(-sy * sin * height / width);
            m[2] = (float)dx;
            m[3] = (float)(flip * sx * sin * width / height);
            m[4] = (float)(sy * cos);
            m[5] = (float)dy;
        }

        var grid = nn.functional.affine_grid(tensor(matrices, [n, 2, 3]), batch.shape, align_corners: false);
        if (options.Elastic > 0)
        {
            grid = grid + Displacements(batch.shape, options, random);
        }

        return nn.functional.grid_sample(batch, grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Border, align_corners: false);
    }

    // [N, H, W, 2] in the grid's coordinates, where a side has length 2.
    private static Tensor Displacements(long[] shape, AugmentationOptions options, Random random)
    {
        const int Points = 5;
        var n = (int)shape[0];
        var values = new float[n * 2 * Points * Points];
        for (var i = 0; i < n; i++)
        {
            var amplitude = options.Elastic * random.NextDouble();
            foreach (ref var value in values.AsSpan(i * 2 * Points * Points, 2 * Points * Points))
            {
                value = (float)(2 * amplitude * Symmetric(random));
            }
        }

        var field = nn.functional.interpolate(tensor(values, [n, 2, Points, Points]), [shape[2], shape[3]], mode: InterpolationMode.Bicubic, align_corners: true);
        using Scalar high = 2 * options.Elastic, low = -2 * options.Elastic;
        return field.clamp(low, high).permute(0, 2, 3, 1);
    }

    private static Tensor LoseResolution(Tensor x, AugmentationOptions options, Random random)
    {
        if (options.MinimumResolution == 1)
        {
            return x;
        }

        var slices = new Tensor[x.shape[0]];
        for (var i = 0; i < slices.Length; i++)
        {
            var slice = x[i].unsqueeze(0);
            var share = random.NextDouble() < 0.5 ? 1 : options.MinimumResolution + ((1 - options.MinimumResolution) * random.NextDouble());
            long[] size = [Math.Max(1, (long)Math.Round(share * x.shape[2])), Math.Max(1, (long)Math.Round(share * x.shape[3]))];
            slices[i] = size[0] == x.shape[2] && size[1] == x.shape[3]
                ? slice
                : nn.functional.interpolate(
                    nn.functional.interpolate(slice, size, mode: InterpolationMode.Area), [x.shape[2], x.shape[3]], mode: InterpolationMode.Bilinear, align_corners: false);
        }

        return cat(slices, 0);
    }

    private static Tensor Blur(Tensor x, AugmentationOptions options, Random random)
    {
        if (options.Blur == 0)
        {
            return x;
        }

        var weight = PerSlice((int)x.shape[0], () => random.NextDouble() < 0.5 ? 0 : options.Blur * random.NextDouble());
        var kernel = tensor(Binomial, [1, 1, 1, 5]);
        var blurred = nn.functional.pad(x, [2, 2, 2, 2], PaddingModes.Reflect);
        blurred = nn.functional.conv2d(nn.functional.conv2d(blurred, kernel), kernel.transpose(2, 3));
        return x + ((blurred - x) * weight);
    }

    private static void Erase(Tensor x, AugmentationOptions options, Random random)
    {
        var (height, width) = ((int)x.shape[2], (int)x.shape[3]);
        for (var i = 0; i < x.shape[0]; i++)
        {
            if (random.NextDouble() >= options.Erasing)
            {
                continue;
            }

            var area = (0.02 + (0.13 * random.NextDouble())) * height * width;
            var aspect = Math.Exp(Math.Log(3) * Symmetric(random));
            var h = Math.Clamp((int)Math.Sqrt(area * aspect), 1, height);
            var w = Math.Clamp((int)Math.Sqrt(area / aspect), 1, width);
            var (top, left) = (random.Next(height - h + 1), random.Next(width - w + 1));
            using Scalar gray = (float)random.NextDouble();
            x[i, 0].slice(0, top, top + h, 1).slice(1, left, left + w, 1).fill_(gray);
        }
    }

    private static Tensor PerSlice(int count, Func<double> draw)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = (float)draw();
        }

        return tensor(values, [count, 1, 1, 1]);
    }

    private static double Symmetric(Random random) => (2 * random.NextDouble()) - 1;
}
