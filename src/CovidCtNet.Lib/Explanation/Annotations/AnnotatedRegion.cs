namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>One labelled region of an annotation. Immutable.</summary>
public sealed class AnnotatedRegion
{
    private readonly int[] _counts;

    private AnnotatedRegion(string label, int width, int height, int[] counts, IReadOnlyList<IReadOnlyList<AnnotationPoint>>? polygons)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(label);
        Label = label;
        Width = width;
        Height = height;
        _counts = counts;
        Polygons = polygons;
        Area = RunLength.Area(counts);
    }

    /// <summary>What the reader called it.</summary>
    public string Label { get; }

    /// <summary>Columns of the slice.</summary>
    public int Width { get; }

    /// <summary>Rows of the slice.</summary>
    public int Height { get; }

    /// <summary>Pixels of the region.</summary>
    public int Area { get; }

    /// <summary>The polygons as the reader drew them, the region being all they cover; null for a region that was painted.</summary>
    public IReadOnlyList<IReadOnlyList<AnnotationPoint>>? Polygons { get; }

    /// <summary>COCO's run lengths: pixels outside and inside in turn, column by column from the top left.</summary>
    public ReadOnlySpan<int> Counts => _counts;

    /// <summary>A region from a mask.</summary>
    /// <param name="mask">Whether each pixel belongs to it, row by row.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="label">What it is.</param>
    /// <exception cref="ArgumentException">The number of pixels is wrong, or the label is empty.</exception>
    public static AnnotatedRegion FromMask(ReadOnlySpan<bool> mask, int width, int height, string label)
    {
        CheckSize(width, height);
        if ((long)width * height != mask.Length)
        {
            throw new ArgumentException($"{mask.Length} pixels were given for {width} x {height}.", nameof(mask));
        }

        return new AnnotatedRegion(label, width, height, RunLength.Encode(mask, width, height), null);
    }

    /// <summary>
    /// A region from polygons: the pixels whose centre lies in at least one of them, each filled by the even-odd rule. Parts outside the
    /// slice are cut off.
    /// </summary>
    /// <param name="polygons">Polygons of at least three finite points.</param>
    /// <param name="width">Columns of the slice, at least 1.</param>
    /// <param name="height">Rows of the slice, at least 1.</param>
    /// <param name="label">What it is.</param>
    /// <exception cref="ArgumentException">A polygon has fewer than three points or one that is not finite, or the label is empty.</exception>
    public static AnnotatedRegion FromPolygons(IReadOnlyList<IReadOnlyList<AnnotationPoint>> polygons, int width, int height, string label)
    {
        ArgumentNullException.ThrowIfNull(polygons);
        CheckSize(width, height);
        foreach (var polygon in polygons)
        {
            if (polygon.Count < 3 || polygon.Any(point => !double.IsFinite(point.X) || !double.IsFinite(point.Y)))
            {
                throw new ArgumentException("A polygon needs at least three points with finite coordinates.", nameof(polygons));
            }
        }

        IReadOnlyList<IReadOnlyList<AnnotationPoint>> kept = [.. polygons.Select(polygon => (IReadOnlyList<AnnotationPoint>)[.. polygon])];
        return new AnnotatedRegion(label, width, height, RunLength.Encode(PolygonRaster.Fill(kept, width, height), width, height), kept);
    }

    /// <summary>Whether each pixel belongs to the region, row by row.</summary>
    public bool[] ToMask() => RunLength.Decode(_counts, Width, Height);

    /// <summary>
    /// Polygons that cover the region: those the reader drew, else outlines along pixel edges, holes joined to the outside by a line
    /// there and back. Filled by pixel centres they give exactly the same pixels.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<AnnotationPoint>> ToPolygons() => Polygons ?? PolygonTracer.Trace(ToMask(), Width, Height);

    internal static AnnotatedRegion FromCounts(int[] counts, int width, int height, string label) => new(label, width, height, counts, null);

    private static void CheckSize(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
    }
}
