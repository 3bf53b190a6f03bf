using System.CommandLine;
using System.Globalization;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary><c>offset</c>: finds how far from the centres of its cells a model gathers its evidence, and writes it into the contract.</summary>
internal sealed class OffsetCommand : TrainingMasksCommand
{
    private const int Step = 2;
    private const int Farthest = 12;
    private readonly Option<string?> _seal = new("--seal") { Description = "ONNX file to write, which may be the model itself: the best offset is in its contract, the weights stay as they are." };

    public OffsetCommand(TextWriter errors)
        : base("offset", "Measures where a model gathers its evidence beside the centres of its cells, by readers' masks of the training.", errors) => Add(_seal);

    protected override void Run(ParseResult result, CancellationToken cancellationToken)
    {
        var path = ModelOf(result);
        var (graph, contract) = (OnnxGraph.Load(path), ContractOf(path));
        var (set, slices) = Draw(result, cancellationToken);
        Console.WriteLine($"{contract.Name} {contract.Version}, {slices.Length} slices of {set}. Model attention, not findings. Research use, not a medical device.");
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
