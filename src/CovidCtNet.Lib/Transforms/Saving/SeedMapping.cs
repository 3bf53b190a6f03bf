using Microsoft.ML.Transforms;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>A column that needs no other, for the constant settings to hang on.</summary>
[CustomMappingFactoryAttribute(Contracts.Seed)]
internal sealed class SeedMapping : CustomMappingFactory<MappingRows.None, MappingRows.SeedRow>
{
    public override Action<MappingRows.None, MappingRows.SeedRow> GetMapping() => static (_, result) => result.Seed = string.Empty;
}
