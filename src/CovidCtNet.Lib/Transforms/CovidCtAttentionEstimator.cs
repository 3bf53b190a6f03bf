using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Adds maps of model attention, and pictures of them on request. Learns nothing from the data. Research use, not a medical device.</summary>
public sealed class CovidCtAttentionEstimator : IEstimator<CovidCtAttentionTransformer>
{
    /// <summary>Creates the estimator; <c>mlContext.Transforms.ExtractAttention</c> does too.</summary>
    /// <param name="model">The model; stays the caller's.</param>
    /// <param name="options">Columns and method; <see cref="CovidCtAttentionOptions.Default"/> if null.</param>
    public CovidCtAttentionEstimator(CovidCtModel model, CovidCtAttentionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Options = options ?? CovidCtAttentionOptions.Default;
    }

    /// <summary>The model.</summary>
    public CovidCtModel Model { get; }

    /// <summary>Columns and method.</summary>
    public CovidCtAttentionOptions Options { get; }

    /// <summary>Checks the input column and gives the transformer.</summary>
    /// <param name="input">The data; only its columns are looked at.</param>
    /// <exception cref="CovidCtSchemaException">The input column is missing, or is of another type.</exception>
    public CovidCtAttentionTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        AttentionBinding.InputOf(Options).Find(input.Schema);
        return new CovidCtAttentionTransformer(Model, Options);
    }

    /// <summary>The columns of the input and those of the maps.</summary>
    /// <param name="inputSchema">Columns of the input.</param>
    /// <exception cref="CovidCtSchemaException">The input column is missing, or is of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        AttentionBinding.InputOf(Options).Find(inputSchema);
        var columns = AttentionBinding.Append(new DataViewSchema.Builder().ToSchema(), Model, Options);
        return ShapeColumn.Append(inputSchema, [.. columns.Select(ShapeColumn.Like)]);
    }
}
