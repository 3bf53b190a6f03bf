using System.CommandLine;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary><c>fine</c>: finds the layer whose Layer-CAM the joined map gains most from.</summary>
internal sealed class FineCommand(TextWriter errors)
    : TrainingMasksCommand("fine", "Measures the joined map with Layer-CAM of each finer layer, by readers' masks of the training.", errors)
{
    protected override void Run(ParseResult result, CancellationToken cancellationToken)
    {
        using var model = CovidCtModel.Load(ModelOf(result));
        var joined = model.Explainer.DefaultFusedLayers;
        if (joined.Count == 0)
        {
            throw new ExplanationException($"{model.Contract.Name} has no layer coarse enough to be joined by default.");
        }

        var (set, slices) = Draw(result, cancellationToken);
        Console.WriteLine($"{model.Contract.Name} {model.Contract.Version}, {slices.Length} slices of {set}. Model attention, not findings. Research use, not a medical device.");
        var fine = model.Explainer.DefaultFineLayers;
        Console.WriteLine($"Joined by Grad-CAM: {string.Join(", ", joined)}. Default for Layer-CAM: {Names(fine)}.");
        Console.WriteLine($"{MaskScores.Header}  layer");
        IReadOnlyList<string>[] layers = [[], .. fine.Count > 1 ? (IReadOnlyList<string>[])[fine] : [], .. Candidates(model.Explainer).Select(l => (IReadOnlyList<string>)[l])];
        foreach (var tried in layers)
        {
            var scores = MaskScores.Of(model, slices, new ExplainOptions { FusedLayers = joined, FineLayers = tried }, cancellationToken);
            Console.WriteLine($"{scores}  {Names(tried)}");
        }
    }

    private static string Names(IReadOnlyList<string> layers) => layers.Count > 0 ? string.Join(" and ", layers) : "none";

    // Sums and activations: what a block gives to the next, no smaller than the finest layer joined by Grad-CAM.
    private static IEnumerable<string> Candidates(GraphExplainer explainer)
    {
        var finest = explainer.TargetLayers.Where(l => explainer.DefaultFusedLayers.Contains(l.Name, StringComparer.Ordinal)).Max(l => l.Width * l.Height);
        return explainer.TargetLayers.Where(l => l.Operator is "Add" or "Relu" or "MaxPool" && l.Width * l.Height >= finest).Select(l => l.Name);
    }
}
