using System.Text.Json;
using CovidCtNet.Tests.Shared;

namespace CovidCtNet.Lib.Tests.Evaluation;

/// <summary>The values that scikit-learn, SciPy, statsmodels and pROC computed; the scripts that asked them lie beside the files.</summary>
internal static class ReferenceValues
{
    public static JsonElement Python { get; } = Load("references.json");

    public static JsonElement Proc { get; } = Load("proc.json");

    public static TheoryData<string> SetNames { get; } = Names(Python);

    public static TheoryData<string> ProcNames { get; } = Names(Proc);

    public static ReferenceSet Set(string name) => new(Find(Python, name));

    public static JsonElement ProcSet(string name) => Find(Proc, name);

    public static double Number(this JsonElement element, string property) => Number(element.GetProperty(property));

    public static double[] Numbers(this JsonElement element, string property) => [.. element.GetProperty(property).EnumerateArray().Select(Number)];

    /// <summary>Equal within an absolute tolerance; undefined equals undefined.</summary>
    public static void Near(double expected, double actual, double tolerance, string what)
    {
        bool near = expected.Equals(actual) || Math.Abs(expected - actual) <= tolerance;
        Assert.True(near, $"{what}: expected {expected:R}, got {actual:R}");
    }

    public static void Near(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Count, actual.Count);
        for (int i = 0; i < expected.Count; i++)
        {
            Near(expected[i], actual[i], tolerance, $"{what} [{i}]");
        }
    }

    private static double Number(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Number => element.GetDouble(),
        JsonValueKind.String when element.GetString() is "Infinity" => double.PositiveInfinity,
        JsonValueKind.String when element.GetString() is "-Infinity" or "-Inf" => double.NegativeInfinity,
        _ => double.NaN,
    };

    private static JsonElement Find(JsonElement file, string name) =>
        file.GetProperty("sets").EnumerateArray().Single(set => set.GetProperty("name").GetString() == name);

    private static TheoryData<string> Names(JsonElement file) =>
        [.. file.GetProperty("sets").EnumerateArray().Select(set => set.GetProperty("name").GetString()!)];

    private static JsonElement Load(string name)
    {
        string path = Path.Combine(RealData.RepositoryRoot, "tests", "CovidCtNet.Lib.Tests", "Evaluation", "References", name);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        return document.RootElement.Clone();
    }
}
