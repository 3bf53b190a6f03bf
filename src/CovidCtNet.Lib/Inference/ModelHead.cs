using System.Text.Json.Serialization;

namespace CovidCtNet.Lib.Inference;

/// <summary>What the last layer of a classifier gives for each slice.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ModelHead>))]
public enum ModelHead
{
    /// <summary>One logit, positive for COVID: [N, 1].</summary>
    [JsonStringEnumMemberName("one-logit")]
    OneLogit,

    /// <summary>
    /// One value for each class, negative first: [N, 2]. The logit is their difference l1 - l0, since softmax of two values is the
    /// sigmoid of their difference.
    /// </summary>
    [JsonStringEnumMemberName("two-class")]
    TwoClass,
}
