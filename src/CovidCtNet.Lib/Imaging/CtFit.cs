using System.Text.Json.Serialization;

namespace CovidCtNet.Lib.Imaging;

/// <summary>How a slice of any shape becomes the shape of a network's input.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CtFit>))]
public enum CtFit
{
    /// <summary>Scaled as a whole with its proportions kept, centred, the rest padded.</summary>
    [JsonStringEnumMemberName("letterbox")]
    Letterbox,

    /// <summary>Scaled to fill the input, each side by its own factor.</summary>
    [JsonStringEnumMemberName("stretch")]
    Stretch,
}
