using CovidCtNet.Lib.Explanation;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary>The maps that the study compares.</summary>
internal static class StudyMaps
{
    private static readonly AttentionMethod[] ClassActivations = [AttentionMethod.GradCam, AttentionMethod.GradCamPlusPlus, AttentionMethod.LayerCam];

    // Of Attention-56: before and after the last two modules, and the last layer of all.
    private static readonly string[] KnownLayers = ["attention1/after/sum", "attention2/after/sum", "pre3/sum", "attention3/after/sum", "bn2/relu"];

    private static readonly MapJob Fused = new(AttentionMethodNames.NameOf(AttentionMethod.FusedGradCam), AttentionMethod.FusedGradCam, new ExplainOptions());

    /// <summary>Layers whose class activation maps are compared: the known ones that the model has, and its default.</summary>
    public static IReadOnlyList<TargetLayer> Layers(GraphExplainer explainer) =>
        [.. explainer.TargetLayers.Where(l => KnownLayers.Contains(l.Name, StringComparer.Ordinal) || l.Name == explainer.DefaultTargetLayer)];

    /// <summary>Maps of one run each.</summary>
    public static IReadOnlyList<MapJob> Quick(GraphExplainer explainer) =>
    [
        Fused,
        .. from layer in Layers(explainer)
           from method in ClassActivations
           select ClassActivation(method, layer.Name),
        .. Enumerable.Range(1, explainer.AttentionModules).Select(m => new MapJob($"attention-{m}", AttentionMethod.AttentionMask, new ExplainOptions { AttentionModule = m })),
        new MapJob("input-gradient", AttentionMethod.InputGradient, new ExplainOptions()),
    ];

    /// <summary>Maps of many runs each.</summary>
    public static IReadOnlyList<MapJob> Slow() =>
    [
        new MapJob("smooth-grad", AttentionMethod.SmoothGrad, new ExplainOptions()),
        new MapJob("integrated-gradients", AttentionMethod.IntegratedGradients, new ExplainOptions()),
        new MapJob("occlusion", AttentionMethod.Occlusion, new ExplainOptions { Occlusion = new OcclusionOptions { Mode = OcclusionMode.Fast } }),
    ];

    /// <summary>Maps whose faithfulness is measured.</summary>
    public static IReadOnlyList<MapJob> Faithful(GraphExplainer explainer) =>
    [
        Fused,
        .. explainer.DefaultTargetLayer is { } layer ? ClassActivations.Select(method => ClassActivation(method, layer)) : [],
        .. explainer.AttentionModules > 0 ? [new MapJob("attention", AttentionMethod.AttentionMask, new ExplainOptions())] : Array.Empty<MapJob>(),
        new MapJob("input-gradient", AttentionMethod.InputGradient, new ExplainOptions()),
    ];

    /// <summary>What a user gets who asks for nothing.</summary>
    public static string DefaultLabel => Fused.Label;

    private static MapJob ClassActivation(AttentionMethod method, string layer) =>
        new($"{AttentionMethodNames.NameOf(method)} {layer}", method, new ExplainOptions { TargetLayer = layer });
}
