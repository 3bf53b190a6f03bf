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
    /// The box around the lungs, by <see cref="LungField.Find(CtImage, CtWindow)"/>, where the slice shows a body in air (around the body, if no closed
    /// lungs are found in it); all of the slice where it is already cut to the body.
    /// </summary>
    [JsonStringEnumMemberName("lungField")]
    LungField,
}
