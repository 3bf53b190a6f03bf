using System.Text.Json;

namespace CovidCtNet.Lib.Tests.Evaluation;

/// <summary>One set of cases with the values of the reference libraries.</summary>
internal sealed class ReferenceSet(JsonElement json)
{
    public JsonElement Json { get; } = json;

    public bool[] Labels { get; } = [.. json.GetProperty("labels").EnumerateArray().Select(label => label.GetBoolean())];

    public double[] Scores { get; } = json.Numbers("scores");

    /// <summary>Empty where the cases have no weights.</summary>
    public double[] Weights { get; } = Optional(json, "weights");

    public double[] Second { get; } = Optional(json, "second");

    public int[] Groups { get; } = [.. Optional(json, "groups").Select(group => (int)group)];

    private static double[] Optional(JsonElement json, string name) =>
        json.GetProperty(name).ValueKind == JsonValueKind.Null ? [] : json.Numbers(name);
}
