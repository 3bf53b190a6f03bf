using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Adds a column of slices, read from paths, file contents or <c>MLImage</c>. Learns nothing from the data.</summary>
public sealed class CtSliceLoadingEstimator : IEstimator<CtSliceLoadingTransformer>
{
    /// <summary>Creates the estimator; <c>mlContext.Transforms.LoadCtSlices</c> does too.</summary>
    /// <param name="options">Columns and limits; <see cref="CtSliceLoadingOptions.Default"/> if null.</param>
    public CtSliceLoadingEstimator(CtSliceLoadingOptions? options = null) => Options = options ?? CtSliceLoadingOptions.Default;

    /// <summary>Columns and limits.</summary>
    public CtSliceLoadingOptions Options { get; }

    /// <summary>Checks the input column and gives the transformer.</summary>
    /// <param name="input">The data; only its columns are looked at.</param>
    /// <exception cref="CovidCtSchemaException">The input column is missing, or is of another type.</exception>
    public CtSliceLoadingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new CtSliceLoadingTransformer(Options, LoadingBinding.InputOf(Options).Find(input.Schema).Source);
    }

    /// <summary>The columns of the input and the column of slices.</summary>
    /// <param name="inputSchema">Columns of the input.</param>
    /// <exception cref="CovidCtSchemaException">The input column is missing, or is of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        LoadingBinding.InputOf(Options).Find(inputSchema);
        return ShapeColumn.Append(inputSchema, ShapeColumn.Like(LoadingBinding.Describe(Options)));
    }
}
