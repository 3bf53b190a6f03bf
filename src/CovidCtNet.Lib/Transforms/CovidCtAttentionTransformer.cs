using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms.Saving;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms;

/// <summary>
/// Adds maps of model attention, one slice at a time. It cannot be saved: saved pipelines have no form for it. Append it to the pipeline
/// that <c>LoadCovidCt</c> gives.
/// </summary>
public sealed class CovidCtAttentionTransformer : CovidCtTransformer
{
    internal CovidCtAttentionTransformer(CovidCtModel model, CovidCtAttentionOptions options)
    {
        Model = model;
        Options = options;
    }

    /// <summary>The model.</summary>
    public CovidCtModel Model { get; }

    /// <summary>Columns and method.</summary>
    public CovidCtAttentionOptions Options { get; }

    internal override CancellationToken CancellationToken => Options.CancellationToken;

    private protected override StepBinding Bind(DataViewSchema inputSchema) => new AttentionBinding(inputSchema, this);

    private protected override StandardChain ToStandardChain() => throw new CovidCtPipelineException(
        "The attention step cannot be saved: saved pipelines have no form for maps of model attention",
        "Save the pipeline without it, load that with mlContext.Model.LoadCovidCt, and append ExtractAttention with the model of its CovidCtScoringTransformer");
}
