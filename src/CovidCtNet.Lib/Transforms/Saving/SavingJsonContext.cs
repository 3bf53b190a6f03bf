using System.Text.Json.Serialization;

namespace CovidCtNet.Lib.Transforms.Saving;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SavedStep))]
internal sealed partial class SavingJsonContext : JsonSerializerContext;
