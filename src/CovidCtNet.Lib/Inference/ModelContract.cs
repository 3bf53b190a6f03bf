using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

/// <summary>
/// What an ONNX file must say about itself to be used here: how its input is made, what its output means, where it comes from and how
/// well it did. Stored as JSON in the file's <c>metadata_props</c> under <see cref="MetadataKey"/>, so that weights, threshold and
/// preprocessing cannot be parted.
/// </summary>
public sealed record ModelContract
{
    /// <summary>The key in <c>metadata_props</c>.</summary>
    public const string MetadataKey = "covidctnet.contract";

    /// <summary>The version of this record that the library writes, and the newest that it reads.</summary>
    public const int CurrentSchemaVersion = 1;

    /// <summary>The name of the graph input, float32 [N, C, H, W].</summary>
    public const string InputName = "input";

    /// <summary>The name of the graph output, float32 [N, 1] or [N, 2] by <see cref="ModelNetwork.Head"/>.</summary>
    public const string LogitsName = "logits";

    /// <summary>The version of this record, <see cref="CurrentSchemaVersion"/>.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>The model's name, such as "covid-ct".</summary>
    public required string Name { get; init; }

    /// <summary>The model's version, which every prediction carries.</summary>
    public required string Version { get; init; }

    /// <summary>How a slice becomes the input.</summary>
    public required CtPreprocessing Preprocessing { get; init; }

    /// <summary>The two classes, negative first: "non-COVID", "COVID".</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>The calibrated probability in (0, 1) from which a slice is called positive.</summary>
    public required double Threshold { get; init; }

    /// <summary>
    /// Temperature T above 0 of the calibration p = sigmoid(logit / T) (Guo et al., "On Calibration of Modern Neural Networks", 2017,
    /// section 4.2); 1 leaves the probability as it is.
    /// </summary>
    public required double Temperature { get; init; }

    /// <summary>The network.</summary>
    public required ModelNetwork Network { get; init; }

    /// <summary>How the weights were made; null where it is not known.</summary>
    public required ModelTraining? Training { get; init; }

    /// <summary>What was measured, each value with its interval; empty where nothing was.</summary>
    public required IReadOnlyList<ModelMetric> Metrics { get; init; }

    /// <summary>The licence of the weights, such as "CC-BY-NC-SA-4.0".</summary>
    public required string WeightsLicense { get; init; }

    /// <summary>SHA-256 of the weights in lower-case hexadecimal, as <c>OnnxGraph.ComputeWeightsSha256</c> gives it.</summary>
    public required string WeightsSha256 { get; init; }

    /// <summary>The numbers the model computes with. Default, also for files that do not say: float32.</summary>
    public ModelPrecision Precision { get; init; }

    /// <summary>How the model was made from a float32 one; null for a float32 model.</summary>
    public ModelQuantization? Quantization { get; init; }

    /// <summary>What the model is for, and what it is not for.</summary>
    public required string IntendedUse { get; init; }

    /// <summary>What the model is known not to do well, one sentence each; empty where nothing was written down.</summary>
    // Contracts written before this property leave it null: the generated reader sets every property.
    public IReadOnlyList<string> Limits { get => field ?? []; init; } = [];

    /// <summary>
    /// The tensor that class activation maps look at where none is named, such as <c>bn2/relu</c>: the layer found best for these weights. Null,
    /// as in files that do not say, leaves the choice to the explainer.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? AttentionLayer { get; init; }

    /// <summary>
    /// Pixels of the input, to the right and downwards, from the centre of a cell's receptive field to where these weights gather its evidence:
    /// padding and pooling at one end, and the masks that guided a training, leave a network beside the centre. The joined attention map is moved
    /// by it. Measured on annotated slices of the training; 0, as in files that do not say, is the centre.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public double AttentionOffset { get; init; }

    /// <summary>
    /// How the slices of a series become one probability, fitted for these weights. Null, as in files that do not say, leaves series
    /// uncalibrated.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CtSeriesRule? SeriesRule { get; init; }

    /// <summary>Reads what <see cref="ToJson"/> wrote. The values are not checked: call <see cref="Validate"/>.</summary>
    /// <param name="json">The value found under <see cref="MetadataKey"/>.</param>
    /// <exception cref="JsonException">The text is not JSON, a property is missing or of a wrong type, or the preprocessing is out of range.</exception>
    public static ModelContract FromJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            return JsonSerializer.Deserialize(json, InferenceJsonContext.Default.ModelContract)
                ?? throw new JsonException("The model contract is null.");
        }
        catch (ArgumentException e)
        {
            throw new JsonException(e.Message, e);
        }
    }

    /// <summary>This contract as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, InferenceJsonContext.Default.ModelContract);

    /// <summary>What is wrong with the values, one reason each; empty for a contract that can be used.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> reasons = [];
        void Require(bool holds, string reason)
        {
            if (!holds)
            {
                reasons.Add(reason);
            }
        }

        Require(SchemaVersion >= 1, "schemaVersion must be at least 1");
        Require(
            SchemaVersion <= CurrentSchemaVersion,
            string.Create(CultureInfo.InvariantCulture, $"schemaVersion {SchemaVersion} is newer than {CurrentSchemaVersion}, the newest this library reads"));
        Require(!string.IsNullOrWhiteSpace(Name), "name is empty");
        Require(!string.IsNullOrWhiteSpace(Version), "version is empty");
        Require(Classes.Count == 2 && Classes.All(c => !string.IsNullOrWhiteSpace(c)), "classes must name two classes, the negative first");
        Require(Threshold is > 0 and < 1, "threshold must be a probability between 0 and 1, both excluded");
        Require(double.IsFinite(Temperature) && Temperature > 0, "temperature must be finite and above 0");
        Require(!string.IsNullOrWhiteSpace(WeightsLicense), "weightsLicense is empty");
        Require(WeightsSha256.Length == 64 && WeightsSha256.All(char.IsAsciiHexDigitLower), "weightsSha256 must be 64 lower-case hexadecimal digits");
        Require(!string.IsNullOrWhiteSpace(IntendedUse), "intendedUse is empty");
        Require(AttentionLayer is null || !string.IsNullOrWhiteSpace(AttentionLayer), "attentionLayer is empty: leave it out, or name a tensor");
        Require(
            double.IsFinite(AttentionOffset) && Math.Abs(AttentionOffset) <= Math.Min(Preprocessing.Width, Preprocessing.Height),
            "attentionOffset must be finite and no larger than the input");
        Require(
            Network.InputWidth == Preprocessing.Width && Network.InputHeight == Preprocessing.Height,
            string.Create(
                CultureInfo.InvariantCulture,
                $"the network takes {Network.InputWidth} x {Network.InputHeight} pixels and the preprocessing makes {Preprocessing.Width} x {Preprocessing.Height}"));
        reasons.AddRange(Network.Validate());
        Require(SeriesRule is null || SeriesRule.IsFittedFor(this), "seriesRule was fitted for other weights: leave it out, or fit it anew");
        Require(Limits.All(l => !string.IsNullOrWhiteSpace(l)), "limits holds an empty line");
        Require(Enum.IsDefined(Precision), "precision is not known");
        Require(Quantization is null == (Precision == ModelPrecision.Float32), "a model of lower precision, and no other, says in quantization what it was made of");
        Require(Metrics.All(m => m is not null), "metrics holds a null");
        foreach (var metric in Metrics.Where(m => m is not null))
        {
            reasons.AddRange(metric.Validate());
        }

        return reasons;
    }
}
