using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms.Saving;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms;

/// <summary>
/// Adds what a trained model says. Cursors work in batches of the model's batch size, growing from one row, and read and prepare the next
/// batch while the network works on one. A row that cannot be read is an error for the one who reads its score, and for no other row.
/// </summary>
public sealed class CovidCtScoringTransformer : CovidCtTransformer
{
    private readonly CtSliceSource _source;

    internal CovidCtScoringTransformer(CovidCtModel model, CovidCtScoringOptions options, CtSliceSource source)
    {
        Model = model;
        Options = options;
        _source = source;
    }

    /// <summary>The model.</summary>
    public CovidCtModel Model { get; }

    /// <summary>Columns.</summary>
    public CovidCtScoringOptions Options { get; }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Options.OwnsModel)
        {
            Model.Dispose();
        }

        base.Dispose(disposing);
    }

    internal override CancellationToken CancellationToken => Options.CancellationToken;

    private protected override StepBinding Bind(DataViewSchema inputSchema) => new ScoringBinding(inputSchema, this);

    private protected override StandardChain ToStandardChain() => StandardChain.Scoring(Model, Options, _source);
}
