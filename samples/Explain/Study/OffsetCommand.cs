using System.CommandLine;
using System.Globalization;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary><c>offset</c>: finds how far from the centres of its cells a model gathers its evidence, and writes it into the contract.</summary>
internal sealed class OffsetCommand : Command
{
    private const int Step = 2;
    private const int Farthest = 12;
    private readonly Argument<string> _data = new("data") { Description = "Annotated set that may choose: one of the training, with the sub-folders ct… and infection…." };
    private readonly Option<string> _model = new("--model") { Description = "ONNX file with a model contract.", Required = true };
    private readonly Option<int> _slices = new("--slices") { Description = "Slices drawn.", DefaultValueFactory = _ => 100 };
    private readonly Option<int> _seed = new("--seed") { Description = "Draws the slices; take another than that of the study.", DefaultValueFactory = _ => 2 };
    private readonly Option<string?> _seal = new("--seal") { Description = "ONNX file to write, which may be the model itself: the best offset is in its contract, the weights stay as they are." };

    public OffsetCommand(TextWriter errors)
        : base("offset", "Measures where a model gathers its evidence beside the centres of its cells, by readers' masks of the training.")
    {
        Add(_data);
        foreach (var option in (Option[])[_model, _slices, _seed, _seal])
        {
            Add(option);
        }

        SetAction((result, cancellationToken) => Task.Run(
            () => StudyGuard.Run(() => Run(result, cancellationToken), "Stopped; nothing was written.", errors, cancellationToken), CancellationToken.None));
    }

    private void Run(ParseResult result, CancellationToken cancellationToken)
    {
        var path = result.GetRequiredValue(_model);
        var (graph, contract) = (OnnxGraph.Load(path), ContractOf(path));
        var (name, slices) = MaskScores.Draw(result.GetRequiredValue(_data), result.GetValue(_slices), result.GetValue(_seed), cancellationToken);
        Console.WriteLine($"{contract.Name} {contract.Version}, {slices.Length} slices of {name}. Model attention, not findings. Research use, not a medical device.");
        Console.WriteLine($"offset  {MaskScores.Header}");
        var (best, bestPrecision) = (0.0, double.NegativeInfinity);
        for (var offset = -Farthest; offset <= Farthest; offset += Step)
        {
            Describe(offset);
            using var stream = new MemoryStream(graph.ToArray());
            using var model = CovidCtModel.Load(stream, null, path);
            var scores = MaskScores.Of(model, slices, ExplainOptions.Default, cancellationToken);
            Console.WriteLine(FormattableString.Invariant($"{offset,6}  {scores}"));
            if (scores.AveragePrecision > bestPrecision)
            {
                (best, bestPrecision) = (offset, scores.AveragePrecision);
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Best by pixel AP: {best} pixels of the input."));
        if (result.GetValue(_seal) is { } output)
        {
            Describe(best);
            graph.Save(output);
            Console.WriteLine($"Wrote {output}");
        }

        void Describe(double offset) => graph.Metadata[ModelContract.MetadataKey] = (contract with { AttentionOffset = offset }).ToJson();
    }

    private static ModelContract ContractOf(string path)
    {
        using var model = CovidCtModel.Load(path);
        return model.Contract;
    }
}
