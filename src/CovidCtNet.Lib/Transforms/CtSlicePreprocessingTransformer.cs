using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Transforms.Saving;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Adds a column of network inputs, vectors [1, H, W] as <see cref="CtPreprocessing.Apply(CtImage)"/> gives them.</summary>
public sealed class CtSlicePreprocessingTransformer : CovidCtTransformer
{
    private readonly CtSliceSource _source;

    internal CtSlicePreprocessingTransformer(CtPreprocessing preprocessing, CtSlicePreprocessingOptions options, CtSliceSource source)
    {
        Preprocessing = preprocessing;
        Options = options;
        _source = source;
    }

    /// <summary>How slices become inputs.</summary>
    public CtPreprocessing Preprocessing { get; }

    /// <summary>Columns and limits.</summary>
    public CtSlicePreprocessingOptions Options { get; }

    internal override CancellationToken CancellationToken => Options.CancellationToken;

    private protected override StepBinding Bind(DataViewSchema inputSchema) => new PreprocessingBinding(inputSchema, this);

    private protected override StandardChain ToStandardChain() => StandardChain.Preprocessing(Preprocessing, Options, _source);
}
