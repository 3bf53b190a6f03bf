using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>A column that needs no other, for the constant settings to hang on.</summary>
[CustomMappingFactoryAttribute(Contracts.Seed)]
internal sealed class SeedMapping : CustomMappingFactory<MappingRows.None, MappingRows.SeedRow>
{
    /// <summary>The key by which the constant is found.</summary>
    public const string Value = "settings";

    public override Action<MappingRows.None, MappingRows.SeedRow> GetMapping() => static (_, result) => result.Seed = Value;
}
