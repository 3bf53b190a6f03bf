using CovidCtNet.Lib.Transforms.Saving;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Adds a column of slices. A file that cannot be read is an error for the one who reads its slice, and for no other row.</summary>
public sealed class CtSliceLoadingTransformer : CovidCtTransformer
{
    private readonly CtSliceSource _source;

    internal CtSliceLoadingTransformer(CtSliceLoadingOptions options, CtSliceSource source)
    {
        Options = options;
        _source = source;
    }

    /// <summary>Columns and limits.</summary>
    public CtSliceLoadingOptions Options { get; }

    internal override CancellationToken CancellationToken => Options.CancellationToken;

    private protected override StepBinding Bind(DataViewSchema inputSchema) => new LoadingBinding(inputSchema, this);

    private protected override StandardChain ToStandardChain() => StandardChain.Loading(Options, _source);
}
