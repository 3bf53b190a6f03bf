using System.CommandLine;
using System.Globalization;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Agreement;
using CovidCtNet.Lib.Explanation.Annotations;
using CovidCtNet.Lib.Imaging;
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
        var set = StudySet.Find(result.GetRequiredValue(_data), cancellationToken) is [var only] ? only : throw new IOException($"{result.GetRequiredValue(_data)} holds several annotated sets: name one.");
        (CtImage Image, InfectionAnnotation Annotation)[] slices =
            [.. set.Draw(result.GetValue(_slices), result.GetValue(_seed)).Select(s => (CtImage.Load(s.Image), InfectionAnnotation.LoadMask(s.Infection)))];
        Console.WriteLine($"{contract.Name} {contract.Version}, {slices.Length} slices of {set.Name}. Model attention, not findings. Research use, not a medical device.");
        Console.WriteLine("offset  pixel AP  pointing game  energy inside");
        var (best, bestPrecision) = (0.0, double.NegativeInfinity);
        for (var offset = -Farthest; offset <= Farthest; offset += Step)
        {
            Describe(offset);
            using var stream = new MemoryStream(graph.ToArray());
            using var model = CovidCtModel.Load(stream, null, path);
            MaskAgreement[] agreements =
                [.. slices.Select(s => MaskAgreement.Compute(model.Explain(s.Image, AttentionMethod.FusedGradCam, null, null, cancellationToken), s.Annotation))];
            var precision = agreements.Average(a => a.AveragePrecision);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{offset,6}  {precision,8:F3}  {agreements.Average(a => a.Pointing),13:F3}  {agreements.Average(a => a.Energy),13:F3}"));
            if (precision > bestPrecision)
            {
                (best, bestPrecision) = (offset, precision);
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
