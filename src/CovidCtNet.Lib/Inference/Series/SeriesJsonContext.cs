using System.Text.Json.Serialization;

namespace CovidCtNet.Lib.Inference;

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(SeriesDocument))]
internal sealed partial class SeriesJsonContext : JsonSerializerContext;
