using System.Text.Json;
using CovidCtNet.Tests.Shared;

namespace CovidCtNet.Lib.Tests.Imaging.Hospital;

/// <summary>What make_files.py wrote beside itself: small synthetic files, and the values that other programs read from them.</summary>
internal static class HospitalFiles
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    public static string Folder { get; } = Path.Combine(RealData.RepositoryRoot, "tests", "CovidCtNet.Lib.Tests", "Imaging", "Hospital");

    public static IReadOnlyDictionary<string, Expected> All { get; } =
        JsonSerializer.Deserialize<Expected[]>(File.ReadAllText(Path.Combine(Folder, "expected.json")), Options)!.ToDictionary(e => e.File, StringComparer.Ordinal);

    public static string PathOf(string name) => Path.Combine(Folder, "files", name);

    public static byte[] Bytes(string name) => File.ReadAllBytes(PathOf(name));

    public static TheoryData<string> Names(string kind) => [.. All.Values.Where(e => e.Kind == kind).Select(e => e.File)];

    /// <param name="File">Its name.</param>
    /// <param name="Kind">What the values are: stored values, the pixels of one slice, or those of all slices.</param>
    /// <param name="By">The programs that agree on them.</param>
    /// <param name="Values">All of them, in order.</param>
    internal sealed record Expected(string File, string Kind, string[] By, double[] Values);
}
