using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace CovidCtNet.Lib.Inference;

/// <summary>The numbers a model computes with.</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "They are type names.")]
[JsonConverter(typeof(JsonStringEnumConverter<ModelPrecision>))]
public enum ModelPrecision
{
    /// <summary>32-bit floating point.</summary>
    [JsonStringEnumMemberName("float32")]
    Float32,

    /// <summary>16-bit floating point, with some operators in 32 bits; for GPUs.</summary>
    [JsonStringEnumMemberName("float16")]
    Float16,

    /// <summary>8-bit integers, with some operators in 32-bit floating point.</summary>
    [JsonStringEnumMemberName("int8")]
    Int8,
}
