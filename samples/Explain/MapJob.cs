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
        var options = new ExplainOptions { Occlusion = request.Occlusion };
        List<MapJob> jobs = [];
        foreach (var method in request.Methods)
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

    /// <summary>The label as part of a file name.</summary>
    public string FileLabel => string.Join("_", Label.Split([.. Path.GetInvalidFileNameChars(), ' ', '/', '\\']));
}
