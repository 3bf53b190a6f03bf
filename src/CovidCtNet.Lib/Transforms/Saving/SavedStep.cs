using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>
/// What a saved step has to know when it is loaded again. It travels as text in a constant column, the model behind it, with hashes by
/// which a changed text or model is refused.
/// </summary>
internal sealed record SavedStep
{
    public const int CurrentVersion = 3;
    public const string Cure = "Save the pipeline again from its source";

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

    /// <summary>SHA-256 of the ONNX file, in lower-case hexadecimal.</summary>
    public string? ModelSha256 { get; init; }

    /// <summary>SHA-256 of what the stock ONNX step holds: the same model with its columns' names, see <see cref="StockModel"/>.</summary>
    public string? StockModelSha256 { get; init; }

    public int BatchSize { get; init; }

    /// <summary>The ONNX file with its contract, as it was saved.</summary>
    [JsonIgnore]
    public byte[]? Model { get; init; }

    [JsonIgnore]
    public CtImageLimits Limits => new() { MaximumPixels = MaximumPixels, MaximumFileBytes = MaximumFileBytes };

    public static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Settings, their hash, and the model where there is one, parted by full stops.</summary>
    public string ToText()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(this, SavingJsonContext.Default.SavedStep);
        var settings = $"{Convert.ToBase64String(json)}.{HashOf(json)}";
        return Model is null ? settings : $"{settings}.{Convert.ToBase64String(Model)}";
    }

    /// <exception cref="CovidCtPipelineException">Settings or model were changed, or were written by another version.</exception>
    public static SavedStep FromText(ReadOnlySpan<char> text)
    {
        Span<Range> parts = stackalloc Range[4];
        var count = text.Split(parts, '.');
        try
        {
            var json = Decode(text[parts[0]]);
            if (count is not (2 or 3) || !text[parts[1]].SequenceEqual(HashOf(json)))
            {
                throw new CovidCtPipelineException("The settings of a saved step are not what was saved: their hash does not fit", Cure);
            }

            var step = JsonSerializer.Deserialize(json, SavingJsonContext.Default.SavedStep)!;
            if (step.Version != CurrentVersion)
            {
                throw new CovidCtPipelineException(
                    $"The pipeline was saved in format {step.Version}, and this version of the library reads format {CurrentVersion}",
                    step.Version > CurrentVersion ? "Update this library" : Cure);
            }

            var model = count == 3 ? Decode(text[parts[2]]) : null;
            var found = model is null ? null : HashOf(model);
            return found == step.ModelSha256
                ? step with { Model = model }
                : throw new CovidCtPipelineException(
                    $"The ONNX model in the saved pipeline is not the one that was saved (SHA-256 {found ?? "of nothing"}, saved {step.ModelSha256})", Cure);
        }
        catch (Exception e) when (e is FormatException or JsonException or ArgumentException)
        {
            throw new CovidCtPipelineException($"The settings of a saved step cannot be read ({e.Message.TrimEnd('.')})", Cure, e);
        }
    }

    /// <summary>Loads the model.</summary>
    /// <param name="options">How to run it; null takes batch size and image limits as saved, on the CPU.</param>
    /// <exception cref="CovidCtModelException">The model or the runtime is not usable.</exception>
    public CovidCtModel LoadModel(CovidCtModelOptions? options) => CovidCtModel.Load(
        new MemoryStream(Model!, writable: false),
        options ?? new CovidCtModelOptions { BatchSize = BatchSize, ImageLimits = Limits },
        "The model of the saved pipeline");

    private static byte[] Decode(ReadOnlySpan<char> text)
    {
        // Three bytes in four characters; white space, which the decoder would pass over, is not what was saved.
        var bytes = new byte[checked((text.Length / 4 * 3) + 3)];
        return !text.ContainsAny(" \t\r\n") && Convert.TryFromBase64Chars(text, bytes, out var written)
            ? bytes[..written]
            : throw new FormatException("it is not base64");
    }
}
