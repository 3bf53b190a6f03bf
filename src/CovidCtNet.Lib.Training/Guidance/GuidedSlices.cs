using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Lib.Training.Guidance;

/// <summary>Slices and their infection masks, decoded once, both at the size and with the crop that the network sees.</summary>
internal sealed class GuidedSlices
{
    private readonly int _width;
    private readonly int _height;

    private GuidedSlices(float[][] images, float[][] masks, CtPreprocessing preprocessing)
    {
        (Images, Masks) = (images, masks);
        (_width, _height) = (preprocessing.Width, preprocessing.Height);
    }

    /// <summary>Intensities in [0, 1], row by row.</summary>
    public float[][] Images { get; }

    /// <summary>Infected share of each pixel in [0, 1], row by row.</summary>
    public float[][] Masks { get; }

    /// <summary>Loads every slice that has a mask.</summary>
    /// <exception cref="DatasetException">A folder is missing or empty, a slice has no mask, or a file cannot be read.</exception>
    public static GuidedSlices Load(GuidanceOptions options, CtPreprocessing preprocessing)
    {
        ArgumentNullException.ThrowIfNull(options);
        var intensity = preprocessing with { Mean = 0, StandardDeviation = 1 };
        var files = Directory.Exists(options.Images) ? Directory.GetFiles(options.Images) : [];
        if (files.Length == 0)
        {
            throw new DatasetException($"The folder of guided slices '{options.Images}' is missing or empty.", []);
        }

        Array.Sort(files, StringComparer.Ordinal);
        var (images, masks) = (new float[files.Length][], new float[files.Length][]);
        try
        {
            Parallel.For(0, files.Length, i =>
            {
                var image = CtImage.Load(files[i]);
                var mask = CtImage.Load(Path.Combine(options.Masks, Path.GetFileName(files[i])));
                if (mask.Width != image.Width || mask.Height != image.Height)
                {
                    throw new DatasetException($"The mask of '{files[i]}' is {mask.Width} x {mask.Height}, the slice {image.Width} x {image.Height}: they must be alike.", []);
                }

                images[i] = intensity.Apply(image);
                masks[i] = intensity.Apply(Infected(mask), intensity.Place(image));
            });
        }
        catch (AggregateException e) when (e.InnerExceptions[0] is CtImageException or IOException or UnauthorizedAccessException or DatasetException)
        {
            throw e.InnerExceptions[0] as DatasetException ?? new DatasetException("A guided slice cannot be read: " + e.InnerExceptions[0].Message, []);
        }

        return new GuidedSlices(images, masks, preprocessing);
    }

    /// <summary>So many slices by chance, one [1, H, W] plane behind the other; half of them upside down, as scanners turn them.</summary>
    public (float[] Images, float[] Masks) Draw(int count, Random random)
    {
        var plane = _width * _height;
        var (images, masks) = (new float[count * plane], new float[count * plane]);
        for (var i = 0; i < count; i++)
        {
            var from = random.Next(Images.Length);
            var turned = random.Next(2) == 1;
            for (var y = 0; y < _height; y++)
            {
                var row = turned ? _height - 1 - y : y;
                Images[from].AsSpan(row * _width, _width).CopyTo(images.AsSpan((i * plane) + (y * _width)));
                Masks[from].AsSpan(row * _width, _width).CopyTo(masks.AsSpan((i * plane) + (y * _width)));
            }
        }

        return (images, masks);
    }

    private static CtImage Infected(CtImage mask)
    {
        var bits = new byte[mask.Pixels.Length];
        for (var i = 0; i < bits.Length; i++)
        {
            bits[i] = mask.Pixels[i] > 0 ? byte.MaxValue : (byte)0;
        }

        return CtImage.FromGray8(bits, mask.Width, mask.Height, mask.SourceName);
    }
}
