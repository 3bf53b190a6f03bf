using System.Text.Json.Serialization;

namespace CovidCtNet.Lib.Imaging;

/// <summary>Which part of a slice a network sees.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CtCrop>))]
public enum CtCrop
{
    /// <summary>All of it.</summary>
    [JsonStringEnumMemberName("none")]
    None,

    /// <summary>
    /// The box around the lungs, by <see cref="LungField.Find(CtImage, CtWindow)"/>, where the slice shows the whole body in air; all of it where it is
    /// already cut to the body, or no lungs are found.
    /// </summary>
    [JsonStringEnumMemberName("lungField")]
    LungField,
}
