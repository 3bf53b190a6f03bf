using System.Text.Json.Serialization;

namespace CovidCtNet.Lib.Inference;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ModelContract))]
internal sealed partial class InferenceJsonContext : JsonSerializerContext;
