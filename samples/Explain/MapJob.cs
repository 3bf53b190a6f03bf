using CovidCtNet.Lib.Explanation;

namespace CovidCtNet.Samples.Explain;

/// <summary>One kind of map that is made of every slice.</summary>
/// <param name="Label">Its name in files and tables.</param>
/// <param name="Method">The method.</param>
/// <param name="Options">What is explained.</param>
internal sealed record MapJob(string Label, AttentionMethod Method, ExplainOptions Options)
{
    /// <summary>The kinds that a request asks for of a model: one for each layer and attention module.</summary>
    public static IReadOnlyList<MapJob> Of(ExplainRequest request, GraphExplainer explainer)
    {
        var options = new ExplainOptions { Occlusion = request.Occlusion, TargetClass = request.TargetClass };
        List<MapJob> jobs = [];
        foreach (var method in request.Methods.Count > 0 ? request.Methods : Enum.GetValues<AttentionMethod>().Where(m => Obstacle(m, explainer) is null))
        {
            var name = AttentionMethodNames.NameOf(method);
            switch (method)
            {
                case AttentionMethod.GradCam or AttentionMethod.GradCamPlusPlus or AttentionMethod.LayerCam when request.Layers.Count > 0:
                    jobs.AddRange(request.Layers.Select(layer => new MapJob($"{name} {layer}", method, options with { TargetLayer = layer })));
                    break;
                case AttentionMethod.AttentionMask:
                    for (var module = 1; module <= explainer.AttentionModules; module++)
                    {
                        jobs.Add(new MapJob($"{name}-{module}", method, options with { AttentionModule = module }));
                    }

                    break;
                default:
                    jobs.Add(new MapJob(name, method, options));
                    break;
            }
        }

        return jobs;
    }

    /// <summary>Why a model has no maps of a method; null where it has.</summary>
    public static string? Obstacle(AttentionMethod method, GraphExplainer explainer) => method switch
    {
        AttentionMethod.AttentionMask when explainer.AttentionModules == 0 => "the model has no attention masks",
        AttentionMethod.FusedGradCam or AttentionMethod.GradCam or AttentionMethod.GradCamPlusPlus or AttentionMethod.LayerCam when explainer.DefaultTargetLayer is null =>
            "the model has no layer with more than one place",
        _ => null,
    };

    /// <summary>The label as part of a file name.</summary>
    public string FileLabel => string.Join("_", Label.Split([.. Path.GetInvalidFileNameChars(), ' ', '/', '\\']));
}
