using System.CommandLine;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary><c>fine</c>: finds the layer whose Layer-CAM the joined map gains most from.</summary>
internal sealed class FineCommand : Command
{
    private readonly Argument<string> _data = new("data") { Description = "Annotated set that may choose: one of the training, with the sub-folders ct… and infection…." };
    private readonly Option<string> _model = new("--model") { Description = "ONNX file with a model contract.", Required = true };
    private readonly Option<int> _slices = new("--slices") { Description = "Slices drawn.", DefaultValueFactory = _ => 100 };
    private readonly Option<int> _seed = new("--seed") { Description = "Draws the slices; take another than that of the study.", DefaultValueFactory = _ => 2 };

    public FineCommand(TextWriter errors)
        : base("fine", "Measures the joined map with Layer-CAM of each finer layer, by readers' masks of the training.")
    {
        Add(_data);
        foreach (var option in (Option[])[_model, _slices, _seed])
        {
            Add(option);
        }

        SetAction((result, cancellationToken) => Task.Run(
            () => StudyGuard.Run(() => Run(result, cancellationToken), "Stopped.", errors, cancellationToken), CancellationToken.None));
    }

    private void Run(ParseResult result, CancellationToken cancellationToken)
    {
        using var model = CovidCtModel.Load(result.GetRequiredValue(_model));
        var (name, slices) = MaskScores.Draw(result.GetRequiredValue(_data), result.GetValue(_slices), result.GetValue(_seed), cancellationToken);
        Console.WriteLine($"{model.Contract.Name} {model.Contract.Version}, {slices.Length} slices of {name}. Model attention, not findings. Research use, not a medical device.");
        var joined = model.Explainer.DefaultFusedLayers;
        Console.WriteLine($"Joined by Grad-CAM: {string.Join(", ", joined)}. Default for Layer-CAM: {model.Explainer.DefaultFineLayer ?? "none"}.");
        Console.WriteLine($"{MaskScores.Header}  layer");
        foreach (var layer in (string?[])[null, .. Candidates(model.Explainer)])
        {
            var scores = MaskScores.Of(model, slices, new ExplainOptions { FusedLayers = joined, FineLayer = layer }, cancellationToken);
            Console.WriteLine($"{scores}  {layer ?? "none"}");
        }
    }

    // Sums and activations: what a block gives to the next, no smaller than the finest layer joined by Grad-CAM.
    private static IEnumerable<string> Candidates(GraphExplainer explainer)
    {
        var finest = explainer.TargetLayers.Where(l => explainer.DefaultFusedLayers.Contains(l.Name, StringComparer.Ordinal)).Max(l => l.Width * l.Height);
        return explainer.TargetLayers.Where(l => l.Operator is "Add" or "Relu" or "MaxPool" && l.Width * l.Height >= finest).Select(l => l.Name);
    }
}
