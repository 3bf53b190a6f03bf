using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Training.Tests.Data;

/// <summary>Small data sets for tests: positive slices have a bright square that negative ones lack.</summary>
internal static class SyntheticSlices
{
    public const int Side = 32;

    /// <summary>Writes class folders and a manifest with <paramref name="groups"/> groups of four slices, classes in turn, folds 0 to 4.</summary>
    public static string Write(TemporaryFolder folder, int groups)
    {
        var lines = new List<string> { "path,label,group,fold" };
        for (var group = 0; group < groups; group++)
        {
            var positive = group % 2 == 0;
            for (var slice = 0; slice < 4; slice++)
            {
                var label = positive ? "COVID" : "non-COVID";
                var name = $"slice ({group}, {slice}).png";
                Create(positive, (group * 10) + slice).SavePng(folder.File(label, name));
                lines.Add($"\"{label}/{name}\",{label},g{group:D2},{group / 2 % 5}");
            }
        }

        var manifest = folder.File("manifest.csv");
        File.WriteAllLines(manifest, lines);
        return manifest;
    }

    public static CtImage Create(bool positive, int seed)
    {
        var random = new Random(seed);
        var pixels = new byte[Side * Side];
        random.NextBytes(pixels);
        for (var i = 0; i < pixels.Length; i++)
        {
            pixels[i] = (byte)(pixels[i] / 4);
        }

        if (positive)
        {
            var (top, left) = (4 + random.Next(12), 4 + random.Next(12));
            for (var y = top; y < top + 12; y++)
            {
                pixels.AsSpan((y * Side) + left, 12).Fill(200);
            }
        }

        return CtImage.FromGray8(pixels, Side, Side);
    }
}
