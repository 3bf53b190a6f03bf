using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Adds a column of network inputs: slices windowed, fitted and normalised. Learns nothing from the data.</summary>
public sealed class CtSlicePreprocessingEstimator : IEstimator<CtSlicePreprocessingTransformer>
{
    /// <summary>Creates the estimator; <c>mlContext.Transforms.PreprocessCtSlices</c> does too.</summary>
    /// <param name="preprocessing">How slices become inputs: <c>model.Preprocessing</c>.</param>
    /// <param name="options">Columns and limits; <see cref="CtSlicePreprocessingOptions.Default"/> if null.</param>
    public CtSlicePreprocessingEstimator(CtPreprocessing preprocessing, CtSlicePreprocessingOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(preprocessing);
        Preprocessing = preprocessing;
        Options = options ?? CtSlicePreprocessingOptions.Default;
    }

    /// <summary>How slices become inputs.</summary>
    public CtPreprocessing Preprocessing { get; }

    /// <summary>Columns and limits.</summary>
    public CtSlicePreprocessingOptions Options { get; }

    /// <summary>Checks the input column and gives the transformer.</summary>
    /// <param name="input">The data; only its columns are looked at.</param>
    /// <exception cref="CovidCtSchemaException">The input column is missing, or is of another type.</exception>
    public CtSlicePreprocessingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new CtSlicePreprocessingTransformer(Preprocessing, Options, PreprocessingBinding.InputOf(Options).Find(input.Schema).Source);
    }

    /// <summary>The columns of the input and the column of network inputs.</summary>
    /// <param name="inputSchema">Columns of the input.</param>
    /// <exception cref="CovidCtSchemaException">The input column is missing, or is of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        PreprocessingBinding.InputOf(Options).Find(inputSchema);
        return ShapeColumn.Append(inputSchema, ShapeColumn.Like(PreprocessingBinding.Describe(Preprocessing, Options)));
    }
}
