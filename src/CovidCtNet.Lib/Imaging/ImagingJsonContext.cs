using System.Text.Json.Serialization;

namespace CovidCtNet.Lib.Imaging;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CtPreprocessing))]
internal sealed partial class ImagingJsonContext : JsonSerializerContext;
