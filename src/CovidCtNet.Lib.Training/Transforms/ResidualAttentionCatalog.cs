using Microsoft.ML;

namespace CovidCtNet.Lib.Training.Transforms;

/// <summary>The trainer where ML.NET users look for it: <c>mlContext.BinaryClassification.Trainers</c>.</summary>
public static class ResidualAttentionCatalog
{
    /// <summary>Trains a residual attention network on slices with labels.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Columns, network, training.</param>
    public static ResidualAttentionTrainer ResidualAttention(
        this BinaryClassificationCatalog.BinaryClassificationTrainers catalog, ResidualAttentionTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new ResidualAttentionTrainer(options);
    }
}
