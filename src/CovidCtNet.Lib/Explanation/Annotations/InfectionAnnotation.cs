using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>
/// What a reader marked in one slice, at the slice's own pixels. A map of model attention can be turned into a <em>candidate</em>
/// (<see cref="FromMap"/>) for a reader to correct; a candidate is no annotation until a reader has done so. Immutable.
/// </summary>
public sealed partial class InfectionAnnotation
{
    /// <summary>The label of regions where none is given.</summary>
    public const string DefaultLabel = "infection";

    /// <summary>Creates an annotation.</summary>
    /// <param name="width">Columns of the slice, at least 1.</param>
    /// <param name="height">Rows of the slice, at least 1.</param>
    /// <param name="regions">Regions of slices of that size; none for a slice without findings.</param>
    /// <exception cref="ArgumentException">A region is of a slice of another size.</exception>
    public InfectionAnnotation(int width, int height, IEnumerable<AnnotatedRegion> regions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentNullException.ThrowIfNull(regions);
        Width = width;
        Height = height;
        Regions = [.. regions];
        if (Regions.FirstOrDefault(region => region.Width != width || region.Height != height) is { } other)
        {
            throw new ArgumentException($"A region is of a slice of {other.Width} x {other.Height}; the annotation has {width} x {height}.", nameof(regions));
        }
    }

    /// <summary>Columns of the slice.</summary>
    public int Width { get; }

    /// <summary>Rows of the slice.</summary>
    public int Height { get; }

    /// <summary>The regions; they may overlap.</summary>
    public IReadOnlyList<AnnotatedRegion> Regions { get; }

    /// <summary>File name of the slice; null where it is not known.</summary>
    public string? SliceName { get; init; }

    /// <summary>Who marked it; null where it is not known.</summary>
    public string? Reader { get; init; }

    /// <summary>Where it comes from, such as method and model of a candidate; null for none.</summary>
    public string? Note { get; init; }

    /// <summary>True for a model's suggestion that no reader has corrected.</summary>
    public bool IsCandidate { get; init; }

    /// <summary>An annotation of one region.</summary>
    /// <inheritdoc cref="AnnotatedRegion.FromMask"/>
    public static InfectionAnnotation FromMask(ReadOnlySpan<bool> mask, int width, int height, string label = DefaultLabel) =>
        new(width, height, mask.Contains(true) ? [AnnotatedRegion.FromMask(mask, width, height, label)] : []);

    /// <summary>
    /// A candidate from a map: the parts of the slice where the map reaches a threshold, each a region, small ones left out.
    /// </summary>
    /// <param name="map">The map.</param>
    /// <param name="options">Threshold and smallest area; null for the defaults.</param>
    public static InfectionAnnotation FromMap(AttentionMap map, CandidateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(map);
        options ??= new CandidateOptions();
        var mask = new bool[map.Values.Length];
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] = map.Values[i] >= options.Threshold;
        }

        var (labels, areas) = MaskComponents.Of(mask, map.Width, map.Height);
        var smallest = options.MinimumAreaShare * mask.Length;
        List<AnnotatedRegion> regions = [];
        for (var label = 1; label < areas.Count; label++)
        {
            if (areas[label] >= smallest)
            {
                regions.Add(AnnotatedRegion.FromMask(Array.ConvertAll(labels, l => l == label), map.Width, map.Height, options.Label));
            }
        }

        var source = map.Source;
        return new InfectionAnnotation(map.Width, map.Height, regions)
        {
            SliceName = map.Image.SourceName is { } name ? Path.GetFileName(name) : null,
            IsCandidate = true,
            Note = string.Create(
                System.Globalization.CultureInfo.InvariantCulture,
                $"candidate from model attention: {source.Method}, {source.ModelName ?? "model"} {source.ModelVersion}, threshold {options.Threshold:0.###}; to be corrected by a reader"),
        };
    }

    /// <summary>Whether each pixel belongs to any region, row by row.</summary>
    public bool[] ToMask()
    {
        var mask = new bool[Width * Height];
        foreach (var region in Regions)
        {
            var part = region.ToMask();
            for (var i = 0; i < mask.Length; i++)
            {
                mask[i] |= part[i];
            }
        }

        return mask;
    }

    /// <summary>Makes sure that the annotation is of a slice of that size.</summary>
    /// <exception cref="ArgumentException">It is not.</exception>
    public void RequireSizeOf(CtImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (image.Width != Width || image.Height != Height)
        {
            throw new ArgumentException(
                $"The annotation has {Width} x {Height} pixels and the slice {image.Width} x {image.Height}. Use the annotation of this slice at its own size.", nameof(image));
        }
    }
}
