using CovidCtNet.Lib.Imaging;
using SkiaSharp;

namespace CovidCtNet.Lib.Benchmarks.Peers;

/// <summary>Slices as files of one format, for everyone to decode and prepare, one after another on one thread.</summary>
internal sealed class PreparationFiles
{
    private readonly string[] _paths;
    private readonly CtPreprocessing _preprocessing;
    private readonly float[] _plane;

    /// <param name="folder">Where the files are written.</param>
    /// <param name="format">"png" or "jpeg".</param>
    /// <param name="images">The slices.</param>
    /// <param name="preprocessing">Size and normalisation; all of a slice is stretched, since Pillow looks for no lungs.</param>
    public PreparationFiles(string folder, string format, CtImage[] images, CtPreprocessing preprocessing)
    {
        Format = format;
        _preprocessing = preprocessing with { Crop = CtCrop.None, Fit = CtFit.Stretch };
        _plane = new float[preprocessing.Width * preprocessing.Height];
        _paths = [.. images.Select((_, i) => Path.Combine(folder, $"{i}.{format}"))];
        foreach (var (image, path) in images.Zip(_paths))
        {
            using var png = new MemoryStream();
            image.SavePng(png);
            if (format == "png")
            {
                File.WriteAllBytes(path, png.ToArray());
                continue;
            }

            using var bitmap = SKBitmap.Decode(png.ToArray());
            using var gray = bitmap.Copy(SKColorType.Gray8);
            using var jpeg = gray.Encode(SKEncodedImageFormat.Jpeg, 92);
            File.WriteAllBytes(path, jpeg.ToArray());
        }
    }

    public string Format { get; }

    public int Count => _paths.Length;

    /// <summary>What Pillow is asked to do.</summary>
    public object Request(string way, bool values) => new
    {
        @do = "prepare",
        files = _paths,
        way,
        values,
        width = _preprocessing.Width,
        height = _preprocessing.Height,
        mean = _preprocessing.Mean,
        deviation = _preprocessing.StandardDeviation,
    };

    /// <summary>All files, with pooled pixels, as they are scored.</summary>
    public void Run()
    {
        foreach (var path in _paths)
        {
            using var loan = PixelArrays.Lend();
            _preprocessing.Apply(CtImage.Load(path), _plane);
        }
    }

    /// <summary>Refuses to go on where Pillow prepares something else.</summary>
    /// <param name="theirs">The first file prepared by Pillow without rounding.</param>
    /// <exception cref="InvalidOperationException">The values differ.</exception>
    public void RequireAgreement(double[] theirs)
    {
        var own = _preprocessing.Apply(CtImage.Load(_paths[0]));
        var difference = own.Zip(theirs, (a, b) => Math.Abs(a - b)).Max() * _preprocessing.StandardDeviation * 255;
        Console.WriteLine(FormattableString.Invariant($"{Format} prepared by Pillow differs by {difference:F4} gray values"));

        // Decoders of PNG have no choice; those of JPEG may round a pixel to the next gray value.
        if (own.Length != theirs.Length || !(difference < (Format == "png" ? 0.01 : 1.5)))
        {
            throw new InvalidOperationException("Pillow prepares something else; nothing is timed.");
        }
    }
}
