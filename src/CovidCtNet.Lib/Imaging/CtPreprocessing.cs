using System.Numerics.Tensors;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// How a slice becomes the input of a network: windowed to intensity in [0, 1], fitted with anti-aliased bilinear resampling,
/// normalised. Training and inference use the same record; it travels inside the model file. Immutable and thread-safe.
/// </summary>
/// <remarks>
/// Resampling is a triangle filter whose support grows with the reduction factor, as Pillow's <c>Image.resize(BILINEAR)</c>, in
/// single precision without rounding to whole gray values between the passes.
/// </remarks>
public sealed record CtPreprocessing
{
    /// <summary>Columns of the input, 1 to 4,096. Default: 224.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    [JsonRequired]
    public int Width { get; init => field = CheckedSide(value); } = 224;

    /// <summary>Rows of the input, 1 to 4,096. Default: 224.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    [JsonRequired]
    public int Height { get; init => field = CheckedSide(value); } = 224;

    /// <summary>How slices of another shape are fitted. Default: <see cref="CtFit.Letterbox"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not known.</exception>
    [JsonRequired]
    public CtFit Fit
    {
        get;
        init
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The fit is not known.");
            }

            field = value;
        }
    } = CtFit.Letterbox;

    /// <summary>Which part of a slice is fitted. Default: <see cref="CtCrop.None"/>, all of it; so are records that were written without it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not known.</exception>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public CtCrop Crop
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The crop is not known.");
    }

    /// <summary>Intensity of the padding around a letterboxed slice, before normalisation, in [0, 1]. Default: 0, the black of air.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    [JsonRequired]
    public float Padding
    {
        get;
        init
        {
            if (!(value is >= 0 and <= 1))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The padding is an intensity from 0 to 1.");
            }

            field = value;
        }
    }

    /// <summary>Subtracted from the intensity; finite. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite.</exception>
    [JsonRequired]
    public float Mean
    {
        get;
        init
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The mean must be a finite intensity.");
            }

            field = value;
        }
    }

    /// <summary>Divides the intensity after <see cref="Mean"/> is subtracted; finite and above 0. Default: 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not finite or not above 0.</exception>
    [JsonRequired]
    public float StandardDeviation
    {
        get;
        init
        {
            if (!(float.IsFinite(value) && value > 0))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The standard deviation must be a finite intensity above 0.");
            }

            field = value;
        }
    } = 1;

    /// <summary>
    /// The window that maps Hounsfield slices to intensity, in place of the one a slice is shown with. Gray slices come windowed and do
    /// not use it. Default: <see cref="CtWindow.Lung"/>.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    [JsonRequired]
    public CtWindow Window
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = CtWindow.Lung;

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <param name="json">A JSON object with every property of this record in camel case.</param>
    /// <exception cref="JsonException">The text is no such object, a property is missing, or a value is outside its range.</exception>
    public static CtPreprocessing FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return JsonSerializer.Deserialize(json, ImagingJsonContext.Default.CtPreprocessing)
                ?? throw new JsonException("The preprocessing record is null.");
        }
        catch (ArgumentException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    /// <summary>This record as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, ImagingJsonContext.Default.CtPreprocessing);

    /// <summary>Where a slice of a size lies within the input, all of it shown: <see cref="Crop"/> looks at pixels, so it has no say here.</summary>
    /// <param name="sourceWidth">Columns of the slice, at least 1.</param>
    /// <param name="sourceHeight">Rows of the slice, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    public CtPlacement Place(int sourceWidth, int sourceHeight) => CtPlacement.Compute(sourceWidth, sourceHeight, Width, Height, Fit);

    /// <summary>Where a slice lies within the input, and which part of it.</summary>
    /// <param name="image">The slice.</param>
    public CtPlacement Place(CtImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Crop == CtCrop.LungField && LungField.Find(image, Window) is { } region
            ? CtPlacement.Compute(image.Width, image.Height, region, Width, Height, Fit)
            : Place(image.Width, image.Height);
    }

    /// <summary>The input of a network for one slice.</summary>
    /// <param name="image">The slice.</param>
    /// <returns>One plane [1, <see cref="Height"/>, <see cref="Width"/>], row by row.</returns>
    public float[] Apply(CtImage image)
    {
        var plane = new float[Width * Height];
        Apply(image, plane);
        return plane;
    }

    /// <summary>Writes the input of a network for one slice; nothing is allocated once the sizes have been seen.</summary>
    /// <param name="image">The slice.</param>
    /// <param name="destination">One plane [1, <see cref="Height"/>, <see cref="Width"/>] of an NCHW tensor, row by row.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> has another length.</exception>
    public void Apply(CtImage image, Span<float> destination) => Write(image, destination);

    /// <summary>As <see cref="Apply(CtImage, Span{float})"/>, and says where the slice lies: the lung field is looked for once only.</summary>
    internal CtPlacement Write(CtImage image, Span<float> destination)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (destination.Length != Width * Height)
        {
            throw new ArgumentException($"The destination holds {destination.Length} values; a plane of {Width} x {Height} has {Width * Height}.", nameof(destination));
        }

        using var shown = new ShownPixels(image, Window);
        var region = (Crop == CtCrop.LungField ? LungField.Find(shown.Values, shown.Unit, image.Width, image.Height) : null) ?? new CtRegion(0, 0, image.Width, image.Height);
        var placement = CtPlacement.Compute(image.Width, image.Height, region, Width, Height, Fit);
        Fill(shown, placement, destination);
        TensorPrimitives.Subtract(destination, Mean, destination);
        TensorPrimitives.Divide(destination, StandardDeviation, destination);
        return placement;
    }

    /// <summary>The plane of something that lies over a slice pixel by pixel, such as a mask, with the slice's placement.</summary>
    internal float[] Apply(CtImage overlay, CtPlacement place)
    {
        var plane = new float[Width * Height];
        using var shown = new ShownPixels(overlay, Window);
        Fill(shown, place, plane);
        return plane;
    }

    // Resizes the part that is shown into its place, as intensities.
    private void Fill(ShownPixels shown, CtPlacement place, Span<float> destination)
    {
        var region = place.Region;
        if (place.Width != Width || place.Height != Height)
        {
            destination.Fill(Padding);
        }

        var target = destination[((place.OffsetY * Width) + place.OffsetX)..];
        Resampler.Resize(
            shown.Values[((region.Y * place.SourceWidth) + region.X)..], place.SourceWidth, region.Width, region.Height, target, Width, place.Width, place.Height);
        for (var y = 0; y < place.Height && shown.Unit != 1; y++)
        {
            var row = target.Slice(y * Width, place.Width);
            TensorPrimitives.Divide(row, shown.Unit, row);
        }
    }

    private static int CheckedSide(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 4096);
        return value;
    }
}
