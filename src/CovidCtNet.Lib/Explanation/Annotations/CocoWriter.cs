using System.Text.Json;

namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>Writes COCO JSON.</summary>
internal static class CocoWriter
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<InfectionAnnotation> annotations, CocoSegmentation segmentation)
    {
        string[] labels = [.. annotations.SelectMany(a => a.Regions).Select(r => r.Label).Distinct(StringComparer.Ordinal)];
        if (labels.Length == 0)
        {
            labels = [InfectionAnnotation.DefaultLabel];
        }

        writer.WriteStartObject();
        writer.WriteStartObject("info");
        writer.WriteString("description", annotations.Count > 0 ? annotations[0].Note : null);
        writer.WriteString("contributor", annotations.Count > 0 ? annotations[0].Reader : null);
        writer.WriteBoolean("candidate", annotations.Count > 0 && annotations[0].IsCandidate);
        writer.WriteEndObject();

        writer.WriteStartArray("images");
        for (var i = 0; i < annotations.Count; i++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", i + 1);
            writer.WriteString("file_name", annotations[i].SliceName ?? string.Empty);
            writer.WriteNumber("width", annotations[i].Width);
            writer.WriteNumber("height", annotations[i].Height);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("annotations");
        var id = 0;
        for (var i = 0; i < annotations.Count; i++)
        {
            foreach (var region in annotations[i].Regions)
            {
                writer.WriteStartObject();
                writer.WriteNumber("id", ++id);
                writer.WriteNumber("image_id", i + 1);
                writer.WriteNumber("category_id", Array.IndexOf(labels, region.Label) + 1);
                writer.WriteNumber("area", region.Area);
                WriteBox(writer, region);
                writer.WriteNumber("iscrowd", segmentation == CocoSegmentation.Polygons ? 0 : 1);
                WriteSegmentation(writer, region, segmentation);
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
        writer.WriteStartArray("categories");
        for (var i = 0; i < labels.Length; i++)
        {
            writer.WriteStartObject();
            writer.WriteNumber("id", i + 1);
            writer.WriteString("name", labels[i]);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteSegmentation(Utf8JsonWriter writer, AnnotatedRegion region, CocoSegmentation segmentation)
    {
        if (segmentation == CocoSegmentation.Polygons)
        {
            writer.WriteStartArray("segmentation");
            foreach (var polygon in region.ToPolygons())
            {
                writer.WriteStartArray();
                foreach (var point in polygon)
                {
                    writer.WriteNumberValue(point.X);
                    writer.WriteNumberValue(point.Y);
                }

                writer.WriteEndArray();
            }

            writer.WriteEndArray();
            return;
        }

        writer.WriteStartObject("segmentation");
        writer.WriteStartArray("size");
        writer.WriteNumberValue(region.Height);
        writer.WriteNumberValue(region.Width);
        writer.WriteEndArray();
        if (segmentation == CocoSegmentation.CompressedRunLengths)
        {
            writer.WriteString("counts", RunLength.ToText(region.Counts));
        }
        else
        {
            writer.WriteStartArray("counts");
            foreach (var count in region.Counts)
            {
                writer.WriteNumberValue(count);
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }

    private static void WriteBox(Utf8JsonWriter writer, AnnotatedRegion region)
    {
        var mask = region.ToMask();
        var (left, top, right, bottom) = (region.Width, region.Height, 0, 0);
        for (var i = 0; i < mask.Length; i++)
        {
            if (mask[i])
            {
                var (x, y) = (i % region.Width, i / region.Width);
                (left, top, right, bottom) = (Math.Min(left, x), Math.Min(top, y), Math.Max(right, x + 1), Math.Max(bottom, y + 1));
            }
        }

        writer.WriteStartArray("bbox");
        foreach (var value in region.Area == 0 ? [0, 0, 0, 0] : (int[])[left, top, right - left, bottom - top])
        {
            writer.WriteNumberValue(value);
        }

        writer.WriteEndArray();
    }
}
