using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms;

/// <summary>
/// Adds what a trained model says: logit, calibrated probability and call, with the annotations of ML.NET's own binary classifiers, so that
/// its evaluators work on the result. Learns nothing from the data. Research use, not a medical device.
/// </summary>
public sealed class CovidCtScoringEstimator : IEstimator<CovidCtScoringTransformer>
{
    /// <summary>Creates the estimator; <c>mlContext.Transforms.ScoreCovidCt</c> does too.</summary>
    /// <param name="model">The model; stays the caller's unless <see cref="CovidCtScoringOptions.OwnsModel"/> is set.</param>
    /// <param name="options">Columns; <see cref="CovidCtScoringOptions.Default"/> if null.</param>
    public CovidCtScoringEstimator(CovidCtModel model, CovidCtScoringOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        Model = model;
        Options = options ?? CovidCtScoringOptions.Default;
    }

    /// <summary>The model.</summary>
    public CovidCtModel Model { get; }

    /// <summary>Columns.</summary>
    public CovidCtScoringOptions Options { get; }

    /// <summary>Checks the input column and gives the transformer.</summary>
    /// <param name="input">The data; only its columns are looked at.</param>
    /// <exception cref="CovidCtSchemaException">The input column is missing, or is of another type or size.</exception>
    public CovidCtScoringTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new CovidCtScoringTransformer(Model, Options, ScoringBinding.InputOf(Model, Options).Find(input.Schema).Source);
    }

    /// <summary>The columns of the input and the three that the model adds.</summary>
    /// <param name="inputSchema">Columns of the input.</param>
    /// <exception cref="CovidCtSchemaException">The input column is missing, or is of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ScoringBinding.InputOf(Model, Options).Find(inputSchema);
        return ShapeColumn.Append(inputSchema, [.. ScoreColumns.Describe(Options).Select(ShapeColumn.Like)]);
    }
}
