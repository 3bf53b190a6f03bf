using System.Text.Json;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>
/// Annotations as LabelMe JSON (Wada, "Labelme: Image Polygonal Annotation with Python"), one file for each slice. Polygons, rectangles,
/// circles and masks are read; polygons are written. Shapes with the same label and <c>group_id</c> are one region.
/// </summary>
public static class LabelMeFile
{
    private const string Format = "LabelMe";
    private const int CircleCorners = 64;

    /// <summary>Reads the annotation of a slice.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="AnnotationException">The file is no LabelMe JSON, is damaged, or has a shape without area.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static InfectionAnnotation Read(string path)
    {
        var json = new AnnotationJson(path, Format);
        return json.Read(root => ReadSlice(json, root, path));
    }

    private static InfectionAnnotation ReadSlice(AnnotationJson json, JsonElement root, string path)
    {
        var (width, height) = json.Size(root, "imageWidth", "imageHeight");
        Dictionary<(string, long), List<List<AnnotationPoint>>> groups = [];
        List<AnnotatedRegion> regions = [];
        foreach (var shape in json.Member(root, "shapes", JsonValueKind.Array).EnumerateArray())
        {
            var label = AnnotationJson.Text(shape, "label") is { Length: > 0 } given ? given : InfectionAnnotation.DefaultLabel;
            var points = Points(json, shape);
            switch (AnnotationJson.Text(shape, "shape_type") ?? "polygon")
            {
                case "polygon" when points.Count >= 3:
                    Add(shape, label, points);
                    break;
                case "rectangle" when points is [var a, var b]:
                    Add(shape, label, [a, new(b.X, a.Y), b, new(a.X, b.Y)]);
                    break;
                case "circle" when points is [var centre, var rim]:
                    Add(shape, label, Circle(centre, rim));
                    break;
                case "mask" when points is [var corner, _]:
                    regions.Add(AnnotatedRegion.FromMask(Mask(json, shape, corner, width, height), width, height, label));
                    break;
                case var type:
                    throw json.Wrong($"a shape of type '{type}' with {points.Count} points has no area");
            }
        }

        foreach (var ((label, _), polygons) in groups)
        {
            regions.Add(AnnotatedRegion.FromPolygons(polygons, width, height, label));
        }

        return new InfectionAnnotation(width, height, regions)
        {
            SliceName = AnnotationJson.Text(root, "imagePath"),
            Reader = AnnotationJson.Text(root, "reader"),
            Note = AnnotationJson.Text(root, "note"),
            IsCandidate = root.TryGetProperty("flags", out var flags) && AnnotationJson.Flag(flags, "candidate"),
        };

        void Add(JsonElement shape, string label, List<AnnotationPoint> polygon)
        {
            // A shape without a group is a region of its own; negative numbers are free for those.
            var group = shape.TryGetProperty("group_id", out var id) && id.ValueKind == JsonValueKind.Number && id.TryGetInt64(out var number) && number >= 0
                ? number
                : -1L - groups.Count;
            if (!groups.TryGetValue((label, group), out var polygons))
            {
                groups.Add((label, group), polygons = []);
            }

            polygons.Add(polygon);
        }
    }

    /// <summary>Writes the annotation of a slice.</summary>
    /// <param name="path">The file.</param>
    /// <param name="annotation">The annotation.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, InfectionAnnotation annotation)
    {
        ArgumentNullException.ThrowIfNull(annotation);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true });
            Write(writer, annotation);
        });
    }

    private static void Write(Utf8JsonWriter writer, InfectionAnnotation annotation)
    {
        writer.WriteStartObject();
        writer.WriteString("version", "5.4.1");
        writer.WriteStartObject("flags");
        writer.WriteBoolean("candidate", annotation.IsCandidate);
        writer.WriteEndObject();
        writer.WriteStartArray("shapes");
        for (var group = 0; group < annotation.Regions.Count; group++)
        {
            var region = annotation.Regions[group];
            foreach (var polygon in region.ToPolygons())
            {
                writer.WriteStartObject();
                writer.WriteString("label", region.Label);
                writer.WriteStartArray("points");
                foreach (var point in polygon)
                {
                    writer.WriteStartArray();
                    writer.WriteNumberValue(point.X);
                    writer.WriteNumberValue(point.Y);
                    writer.WriteEndArray();
                }

                writer.WriteEndArray();
                writer.WriteNumber("group_id", group);
                writer.WriteString("shape_type", "polygon");
                writer.WriteStartObject("flags");
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
        writer.WriteString("imagePath", annotation.SliceName ?? string.Empty);
        writer.WriteNull("imageData");
        writer.WriteNumber("imageHeight", annotation.Height);
        writer.WriteNumber("imageWidth", annotation.Width);
        writer.WriteString("reader", annotation.Reader);
        writer.WriteString("note", annotation.Note);
        writer.WriteEndObject();
    }

    private static List<AnnotationPoint> Points(AnnotationJson json, JsonElement shape)
    {
        List<AnnotationPoint> points = [];
        foreach (var point in json.Member(shape, "points", JsonValueKind.Array).EnumerateArray())
        {
            if (point.ValueKind != JsonValueKind.Array || point.GetArrayLength() != 2)
            {
                throw json.Wrong("a point is no pair of numbers");
            }

            points.Add(new AnnotationPoint(json.Number(point[0], "a coordinate"), json.Number(point[1], "a coordinate")));
        }

        return points;
    }

    private static List<AnnotationPoint> Circle(AnnotationPoint centre, AnnotationPoint rim)
    {
        var radius = Math.Sqrt(Math.Pow(rim.X - centre.X, 2) + Math.Pow(rim.Y - centre.Y, 2));
        return
        [
            .. Enumerable.Range(0, CircleCorners).Select(i =>
                new AnnotationPoint(centre.X + (radius * Math.Cos(2 * Math.PI * i / CircleCorners)), centre.Y + (radius * Math.Sin(2 * Math.PI * i / CircleCorners)))),
        ];
    }

    private static bool[] Mask(AnnotationJson json, JsonElement shape, AnnotationPoint corner, int width, int height)
    {
        CtImage picture;
        try
        {
            using var bytes = new MemoryStream(Convert.FromBase64String(AnnotationJson.Text(shape, "mask") ?? throw json.Wrong("'mask' is missing")));
            picture = CtImage.Load(bytes);
        }
        catch (Exception e) when (e is FormatException or CtImageException)
        {
            throw json.Wrong("a 'mask' is no picture in Base64");
        }

        var (left, top) = ((int)Math.Clamp(Math.Round(corner.X), -width, width), (int)Math.Clamp(Math.Round(corner.Y), -height, height));
        var mask = new bool[width * height];
        for (var y = Math.Max(0, -top); y < Math.Min(picture.Height, height - top); y++)
        {
            for (var x = Math.Max(0, -left); x < Math.Min(picture.Width, width - left); x++)
            {
                mask[((top + y) * width) + left + x] = picture[x, y] > 0;
            }
        }

        return mask;
    }
}
