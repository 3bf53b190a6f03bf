using System.Text.Json;

namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>
/// Annotations as COCO object-detection JSON (Lin et al., "Microsoft COCO", 2014; cocodataset.org, "Data format"): polygons, run lengths
/// and compressed run lengths are read and written.
/// </summary>
public static class CocoFile
{
    private const string Format = "COCO";

    /// <summary>Reads the annotations of every slice of a file, in its order; a slice without regions is there too.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AnnotationException">The file is no COCO JSON, is damaged, or its regions do not fit its slices.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static IReadOnlyList<InfectionAnnotation> Read(string path)
    {
        var json = new AnnotationJson(path, Format);
        return json.Read(root => ReadSlices(json, root));
    }

    private static IReadOnlyList<InfectionAnnotation> ReadSlices(AnnotationJson json, JsonElement root)
    {
        Dictionary<long, string> labels = [];
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty("categories", out _))
        {
            foreach (var category in json.Member(root, "categories", JsonValueKind.Array).EnumerateArray())
            {
                labels[json.Integer(category, "id")] = AnnotationJson.Text(category, "name") ?? InfectionAnnotation.DefaultLabel;
            }
        }

        Dictionary<long, (string? Name, int Width, int Height, List<AnnotatedRegion> Regions)> slices = [];
        foreach (var image in json.Member(root, "images", JsonValueKind.Array).EnumerateArray())
        {
            var (width, height) = json.Size(image, "width", "height");
            if (!slices.TryAdd(json.Integer(image, "id"), (AnnotationJson.Text(image, "file_name"), width, height, [])))
            {
                throw json.Wrong("two images have the same id");
            }
        }

        foreach (var annotation in json.Member(root, "annotations", JsonValueKind.Array).EnumerateArray())
        {
            if (!slices.TryGetValue(json.Integer(annotation, "image_id"), out var slice))
            {
                throw json.Wrong($"an annotation is of image {json.Integer(annotation, "image_id")}, which is not listed");
            }

            var label = annotation.TryGetProperty("category_id", out _) && labels.TryGetValue(json.Integer(annotation, "category_id"), out var name)
                ? name
                : InfectionAnnotation.DefaultLabel;
            slice.Regions.Add(Region(json, annotation, slice.Width, slice.Height, label));
        }

        var info = root.TryGetProperty("info", out var given) ? given : default;
        return
        [
            .. slices.Values.Select(slice => new InfectionAnnotation(slice.Width, slice.Height, slice.Regions)
            {
                SliceName = slice.Name,
                Reader = AnnotationJson.Text(info, "contributor"),
                Note = AnnotationJson.Text(info, "description"),
                IsCandidate = AnnotationJson.Flag(info, "candidate"),
            }),
        ];
    }

    /// <summary>Writes annotations of several slices; reader, note and candidate mark are those of the first.</summary>
    /// <param name="path">The file.</param>
    /// <param name="annotations">The annotations, each of another slice.</param>
    /// <param name="segmentation">How pixels are written.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, IReadOnlyList<InfectionAnnotation> annotations, CocoSegmentation segmentation = CocoSegmentation.Polygons)
    {
        ArgumentNullException.ThrowIfNull(annotations);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            CocoWriter.Write(writer, annotations, segmentation);
        });
    }

    private static AnnotatedRegion Region(AnnotationJson json, JsonElement annotation, int width, int height, string label)
    {
        if (!annotation.TryGetProperty("segmentation", out var segmentation))
        {
            throw json.Wrong("'segmentation' is missing");
        }

        return segmentation.ValueKind switch
        {
            JsonValueKind.Array => AnnotatedRegion.FromPolygons([.. segmentation.EnumerateArray().Select(part => Polygon(json, part))], width, height, label),
            JsonValueKind.Object => AnnotatedRegion.FromCounts(Counts(json, segmentation, width, height), width, height, label),
            _ => throw json.Wrong("'segmentation' is neither polygons nor run lengths"),
        };
    }

    private static List<AnnotationPoint> Polygon(AnnotationJson json, JsonElement part)
    {
        if (part.ValueKind != JsonValueKind.Array || part.GetArrayLength() < 6 || part.GetArrayLength() % 2 != 0)
        {
            throw json.Wrong("a polygon has no list of at least three x, y pairs");
        }

        List<AnnotationPoint> points = [];
        double? x = null;
        foreach (var value in part.EnumerateArray())
        {
            var number = json.Number(value, "a coordinate");
            if (x is { } column)
            {
                points.Add(new AnnotationPoint(column, number));
                x = null;
            }
            else
            {
                x = number;
            }
        }

        return points;
    }

    private static int[] Counts(AnnotationJson json, JsonElement segmentation, int width, int height)
    {
        var size = json.Member(segmentation, "size", JsonValueKind.Array);
        if (size.GetArrayLength() != 2 || json.Number(size[0], "a size") != height || json.Number(size[1], "a size") != width)
        {
            throw json.Wrong($"run lengths are of another size than their slice of {width} x {height}; the order is [height, width]");
        }

        int[]? counts = null;
        if (segmentation.TryGetProperty("counts", out var given))
        {
            counts = given.ValueKind switch
            {
                JsonValueKind.String => RunLength.FromText(given.GetString()!),
                JsonValueKind.Array => [.. given.EnumerateArray().Select(count => count.ValueKind == JsonValueKind.Number && count.TryGetInt32(out var value) ? value : -1)],
                _ => null,
            };
        }

        return counts is not null && RunLength.Fits(counts, width, height) ? counts : throw json.Wrong("run lengths do not cover their slice");
    }
}
