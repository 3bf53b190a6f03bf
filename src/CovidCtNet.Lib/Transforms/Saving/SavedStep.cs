using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>
/// What a saved step has to know when it is loaded again. It travels as text in a constant column, with a hash by which a changed text is
/// refused.
/// </summary>
internal sealed record SavedStep
{
    public const int CurrentVersion = 1;
    private const string Cure = "Save the pipeline again from its source";

    public required int Version { get; init; }

    public required SavedStepKind Kind { get; init; }

    public required CtSliceSource Source { get; init; }

    public required string InputColumn { get; init; }

    /// <summary>Added columns, in the order of the step.</summary>
    public required IReadOnlyList<string> OutputColumns { get; init; }

    public string? ImageFolder { get; init; }

    public int MaximumPixels { get; init; }

    public int MaximumFileBytes { get; init; }

    public CtPreprocessing? Preprocessing { get; init; }

    /// <summary>The model's contract; it is inside the ONNX file too, which ML.NET's own step does not show.</summary>
    public ModelContract? Contract { get; init; }

    /// <summary>SHA-256 of the ONNX file, in lower-case hexadecimal.</summary>
    public string? ModelSha256 { get; init; }

    public int BatchSize { get; init; }

    [JsonIgnore]
    public CtImageLimits Limits => new() { MaximumPixels = MaximumPixels, MaximumFileBytes = MaximumFileBytes };

    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Letters, digits and "+/=." only, so that it can stand in a text literal.</summary>
    public string ToText()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, SavingJsonContext.Default.SavedStep);
        return $"{Convert.ToBase64String(json)}.{HashOf(json)}";
    }

    /// <exception cref="CovidCtPipelineException">The text was changed, or was written by a newer version.</exception>
    public static SavedStep FromText(string text)
    {
        var parts = text.Split('.');
        try
        {
            var json = Convert.FromBase64String(parts[0]);
            if (parts.Length != 2 || HashOf(json) != parts[1])
            {
                throw new CovidCtPipelineException("The settings of a saved step are not what was saved: their hash does not fit", Cure);
            }

            var step = JsonSerializer.Deserialize(json, SavingJsonContext.Default.SavedStep)!;
            return step.Version <= CurrentVersion
                ? step
                : throw new CovidCtPipelineException("The pipeline was saved by a newer version of this library", "Update this library");
        }
        catch (Exception e) when (e is FormatException or JsonException or ArgumentException)
        {
            throw new CovidCtPipelineException($"The settings of a saved step cannot be read ({e.Message.TrimEnd('.')})", Cure, e);
        }
    }
}
