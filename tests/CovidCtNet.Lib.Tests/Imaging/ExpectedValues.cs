using System.Text.Json;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Tests.Shared;

namespace CovidCtNet.Lib.Tests.Imaging;

/// <summary>What pillow_expected.py wrote beside itself.</summary>
internal static class ExpectedValues
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static string Folder { get; } =
        Path.Combine(RealData.RepositoryRoot, "tests", "CovidCtNet.Lib.Tests", "Imaging", "Expected");

    public static string[] Files { get; } = [.. Directory.GetFiles(Path.Combine(Folder, "files")).Order(StringComparer.Ordinal)];

    public static T Read<T>(string name)
        => JsonSerializer.Deserialize<T>(File.ReadAllText(Path.Combine(Folder, name)), Options)!;

    /// <summary>The texture of pillow_expected.py's <c>pattern</c>.</summary>
    public static CtImage Pattern(int width, int height)
    {
        var pixels = new byte[width * height];
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                pixels[(y * width) + x] = (byte)((x * x * 7) + (y * y * 3) + (x * y * 5) + (x / 9 * 40) + (y / 7 * 60));
            }
        }

        return CtImage.FromGray8(pixels, width, height);
    }

    internal sealed record GrayCase(string File, int Width, int Height, string Kind, float[] Values)
    {
        public override string ToString() => File;
    }

    internal sealed record ResizeCase(int SourceWidth, int SourceHeight, int Width, int Height, string Fit, byte[]? Bytes, float[] Floats);

    internal sealed record RealCase(string Path, int Width, int Height, string Fit, double Mean, float[][] Points);
}
