using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms;

/// <summary>The steps of this library where ML.NET users look for them: <c>mlContext.Transforms</c>.</summary>
public static class CovidCtTransformsCatalog
{
    /// <summary>Adds a column of slices, read from paths, file contents or <c>MLImage</c>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="options">Columns and limits; <see cref="CtSliceLoadingOptions.Default"/> if null.</param>
    public static CtSliceLoadingEstimator LoadCtSlices(this TransformsCatalog catalog, CtSliceLoadingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new CtSliceLoadingEstimator(options);
    }

    /// <summary>Adds a column of network inputs [1, H, W], made from slices, paths, file contents or <c>MLImage</c>.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="preprocessing">How slices become inputs: <c>model.Preprocessing</c>.</param>
    /// <param name="options">Columns and limits; <see cref="CtSlicePreprocessingOptions.Default"/> if null.</param>
    public static CtSlicePreprocessingEstimator PreprocessCtSlices(
        this TransformsCatalog catalog, CtPreprocessing preprocessing, CtSlicePreprocessingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new CtSlicePreprocessingEstimator(preprocessing, options);
    }

    /// <summary>Adds logit, calibrated probability and call of a trained model.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">The model; stays the caller's unless <see cref="CovidCtScoringOptions.OwnsModel"/> is set.</param>
    /// <param name="options">Columns; <see cref="CovidCtScoringOptions.Default"/> if null.</param>
    public static CovidCtScoringEstimator ScoreCovidCt(this TransformsCatalog catalog, CovidCtModel model, CovidCtScoringOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new CovidCtScoringEstimator(model, options);
    }

    /// <summary>Adds maps of model attention [1, H, W] at the network's input, and on request pictures of them over the slices.</summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="model">The model; stays the caller's.</param>
    /// <param name="options">Columns and method; <see cref="CovidCtAttentionOptions.Default"/> if null.</param>
    public static CovidCtAttentionEstimator ExtractAttention(this TransformsCatalog catalog, CovidCtModel model, CovidCtAttentionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new CovidCtAttentionEstimator(model, options);
    }
}
