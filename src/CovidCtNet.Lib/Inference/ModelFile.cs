using System.Globalization;
using System.Text.Json;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Inference;

/// <summary>The bytes of a model whose contract, shape and weights have been checked. No runtime is needed for that.</summary>
internal sealed class ModelFile
{
    private const string ExportAgain = "Export the model again with OnnxExporter";

    private ModelFile(byte[] bytes, ModelContract contract, string? sourceName)
    {
        Bytes = bytes;
        Contract = contract;
        SourceName = sourceName;
    }

    public byte[] Bytes { get; }

    public ModelContract Contract { get; }

    public string? SourceName { get; }

    public int LogitCount => Contract.Network.Head == ModelHead.TwoClass ? 2 : 1;

    public static ModelFile Read(string path, CovidCtModelOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: the model file does not exist. Check the path.", path);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        return Read(stream, options, path);
    }

    public static ModelFile Read(Stream stream, CovidCtModelOptions options, string? sourceName)
    {
        var bytes = ReadBytes(stream, options.MaximumModelBytes, sourceName);
        var graph = Parse(bytes, options, sourceName);
        var contract = ReadContract(graph, sourceName);
        CheckInput(graph, contract.Network, sourceName);
        CheckOutput(graph, contract.Network, sourceName);
        var actual = graph.ComputeWeightsSha256();
        if (actual != contract.WeightsSha256)
        {
            throw new CovidCtModelWeightsException(
                sourceName,
                $"has weights of SHA-256 {actual}, and its contract was written for {contract.WeightsSha256}",
                "Fetch the model again, or write a contract for the changed weights");
        }

        return new ModelFile(bytes, contract, sourceName);
    }

    /// <summary>The graph, to be changed.</summary>
    public OnnxGraph ToGraph()
    {
        using var stream = new MemoryStream(Bytes, writable: false);
        return OnnxGraph.Load(stream, SourceName, new OnnxLimits { MaximumBytes = Bytes.Length });
    }

    private static byte[] ReadBytes(Stream stream, int maximum, string? sourceName)
    {
        CovidCtModelTooLargeException TooLarge() => new(
            sourceName,
            string.Create(CultureInfo.InvariantCulture, $"has more than {maximum:N0} bytes, the limit"),
            "Raise CovidCtModelOptions.MaximumModelBytes if the file is trusted");
        if (stream.CanSeek)
        {
            var left = Math.Max(0, stream.Length - stream.Position);
            if (left > maximum)
            {
                throw TooLarge();
            }

            var exact = new byte[left];
            stream.ReadExactly(exact);
            return exact;
        }

        using var collected = new MemoryStream();
        var chunk = new byte[81920];
        while (stream.Read(chunk) is > 0 and var count)
        {
            if (collected.Length + count > maximum)
            {
                throw TooLarge();
            }

            collected.Write(chunk, 0, count);
        }

        return collected.ToArray();
    }

    private static OnnxGraph Parse(byte[] bytes, CovidCtModelOptions options, string? sourceName)
    {
        try
        {
            return OnnxGraph.Load(new MemoryStream(bytes, writable: false), sourceName, new OnnxLimits { MaximumBytes = options.MaximumModelBytes });
        }
        catch (OnnxException e)
        {
            throw new CovidCtModelFormatException(
                sourceName, $"is no ONNX model that can be used ({e.Message.TrimEnd('.')})", ExportAgain + ", all weights in one file", e);
        }
    }

    private static ModelContract ReadContract(OnnxGraph graph, string? sourceName)
    {
        if (!graph.Metadata.TryGetValue(ModelContract.MetadataKey, out var json))
        {
            throw new CovidCtModelContractException(
                sourceName,
                $"has no metadata '{ModelContract.MetadataKey}', which says how its input is made and what its output means",
                ExportAgain + ", or explain any other classifier with GraphExplainer");
        }

        ModelContract contract;
        try
        {
            contract = ModelContract.FromJson(json);
        }
        catch (JsonException e)
        {
            throw new CovidCtModelContractException(sourceName, $"has a contract that cannot be read ({e.Message.TrimEnd('.')})", ExportAgain, e);
        }

        var reasons = contract.Validate();
        return reasons.Count == 0
            ? contract
            : throw new CovidCtModelContractException(
                sourceName,
                $"has a contract that does not hold: {string.Join("; ", reasons)}",
                contract.SchemaVersion > ModelContract.CurrentSchemaVersion ? "Update this library" : ExportAgain);
    }

    private static void CheckInput(OnnxGraph graph, ModelNetwork network, string? sourceName)
    {
        OnnxShape expected = ["N", network.InputChannels, network.InputHeight, network.InputWidth];
        if (graph.Inputs is not [var input]
            || input.Name != ModelContract.InputName
            || input.ElementType != OnnxElementType.Float32
            || input.Shape is not { Count: 4 } shape
            || shape[0].Value is not null
            || !shape.MayEqual(expected))
        {
            throw new CovidCtModelFormatException(
                sourceName,
                $"takes {Describe(graph.Inputs)}, and its contract calls for {ModelContract.InputName} float32 {expected} with N free",
                ExportAgain);
        }
    }

    private static void CheckOutput(OnnxGraph graph, ModelNetwork network, string? sourceName)
    {
        OnnxShape expected = ["N", network.Head == ModelHead.TwoClass ? 2 : 1];
        var logits = graph.Outputs.FirstOrDefault(o => o.Name == ModelContract.LogitsName);
        if (logits is null || logits.ElementType != OnnxElementType.Float32 || logits.Shape is not { Count: 2 } shape || !shape.MayEqual(expected))
        {
            throw new CovidCtModelFormatException(
                sourceName,
                $"gives {Describe(graph.Outputs)}, and its contract calls for {ModelContract.LogitsName} float32 {expected}",
                ExportAgain);
        }
    }

    private static string Describe(IReadOnlyList<OnnxValueInfo> values)
        => values.Count == 0 ? "nothing" : string.Join(", ", values.Select(v => $"{v.Name} {v.ElementType.ToString().ToLowerInvariant()} {v.Shape?.ToString() ?? "of unknown shape"}"));
}
