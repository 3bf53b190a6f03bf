using System.Text.Json;

namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>Reads annotation JSON and says which value is wrong.</summary>
internal sealed class AnnotationJson(string path, string format)
{
    private const long MaximumBytes = 512L << 20;
    private const int MaximumPixels = 1 << 26;

    /// <summary>Parses the file and reads its root. Text that is no Unicode shows only when it is read.</summary>
    public T Read<T>(Func<JsonElement, T> read)
    {
        using var document = Parse();
        try
        {
            return read(document.RootElement);
        }
        catch (InvalidOperationException e)
        {
            throw new AnnotationException(path, "a text in it is no valid Unicode", $"Give a whole {format} JSON file in UTF-8", e);
        }
    }

    private JsonDocument Parse()
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        if (stream.Length > MaximumBytes)
        {
            throw Wrong("the file is larger than 512 MiB");
        }

        try
        {
            return JsonDocument.Parse(stream);
        }
        catch (JsonException e)
        {
            throw new AnnotationException(path, "the file is no JSON, or is cut", $"Give a {format} JSON file", e);
        }
    }

    public JsonElement Member(JsonElement parent, string name, JsonValueKind kind)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var value))
        {
            throw Wrong($"'{name}' is missing");
        }

        return value.ValueKind == kind ? value : throw Wrong($"'{name}' is no {kind.ToString().ToLowerInvariant()}");
    }

    public static string? Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static bool Flag(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    public long Integer(JsonElement parent, string name) =>
        Member(parent, name, JsonValueKind.Number).TryGetInt64(out var value) ? value : throw Wrong($"'{name}' is no whole number");

    public double Number(JsonElement value, string what) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number) ? number : throw Wrong($"{what} is no number");

    public (int Width, int Height) Size(JsonElement parent, string widthName, string heightName)
    {
        var (width, height) = (Integer(parent, widthName), Integer(parent, heightName));
        return width is >= 1 and <= MaximumPixels && height is >= 1 and <= MaximumPixels && width * height <= MaximumPixels
            ? ((int)width, (int)height)
            : throw Wrong($"'{widthName}' x '{heightName}' is {width} x {height}, not the size of a slice");
    }

    public AnnotationException Wrong(string reason) => new(path, reason, $"Give a whole {format} JSON file");
}
