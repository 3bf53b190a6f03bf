using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Samples.Explain;

/// <summary>The model that is explained: one with a contract, or any other classifier's ONNX file.</summary>
internal sealed class ExplainedModel : IDisposable
{
    private readonly IDisposable _owner;

    private ExplainedModel(IDisposable owner, GraphExplainer explainer, string title) => (_owner, Explainer, Title) = (owner, explainer, title);

    public GraphExplainer Explainer { get; }

    /// <summary>What the model is and, where its file does not say, how slices are prepared for it.</summary>
    public string Title { get; }

    /// <summary>Opens a model.</summary>
    /// <param name="path">The file; null for the default model.</param>
    /// <param name="input">What the file does not say; must be empty for a model with a contract.</param>
    /// <exception cref="CovidCtModelException">The model cannot be loaded.</exception>
    /// <exception cref="ExplanationException">It cannot be explained.</exception>
    /// <exception cref="OnnxException">The file is no ONNX model.</exception>
    /// <exception cref="ArgumentException">The description is missing, is too much or does not fit the file.</exception>
    public static ExplainedModel Open(string? path, InputDescription input)
    {
        if (path is null)
        {
            return WithContract(CovidCtModel.LoadDefault(), input);
        }

        var graph = OnnxGraph.Load(path);
        return graph.Metadata.ContainsKey(ModelContract.MetadataKey) ? WithContract(CovidCtModel.Load(path), input) : Other(graph, Path.GetFileName(path), input);
    }

    public void Dispose() => _owner.Dispose();

    private static ExplainedModel WithContract(CovidCtModel model, InputDescription input)
    {
        try
        {
            return input.IsEmpty
                ? new ExplainedModel(model, model.Explainer, $"{model.Contract.Name} {model.Contract.Version}")
                : throw new ArgumentException($"{model.Contract.Name} has a contract that says how its input is made. Leave out --size, --mean, --std and --scores.");
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static ExplainedModel Other(OnnxGraph graph, string name, InputDescription input)
    {
        ChannelsFirstInput.Apply(graph);

        // An input of another kind is left to the explainer, which says what is wrong with it.
        var shape = graph.Inputs is [{ Shape: { Count: 4 } declared }] ? declared : null;
        if (shape is not null && shape[3].Value is <= 4 && shape[1].Value is null or > 4)
        {
            throw new ArgumentException($"{name} takes {shape}, which looks like [N, H, W, C]. Export it with channels first (tf2onnx: --inputs-as-nchw).");
        }

        if (input.Scores is null && graph.Outputs.Count > 1)
        {
            throw new ArgumentException($"{name} has {graph.Outputs.Count} outputs ({string.Join(", ", graph.Outputs.Select(o => o.Name))}). Say which holds the class scores, such as --scores {graph.Outputs[0].Name}.");
        }

        int Side(int axis) => input.Size ?? (shape is null ? 1 : (int?)shape[axis].Value)
            ?? throw new ArgumentException($"{name} leaves the size of its input open ({shape}). Give it: --size 224.");

        var preprocessing = new CtPreprocessing { Width = Side(3), Height = Side(2), Fit = CtFit.Stretch };
        var explainer = GraphExplainer.FromGraph(graph, preprocessing, options: new GraphExplainerOptions
        {
            ModelName = name,
            Channels = shape is null ? null : Channels(name, (int?)shape[1].Value, input),
            ScoreTensor = input.Scores,
        });
        return new ExplainedModel(
            explainer, explainer, $"{name}, a file without a contract, slices stretched to {preprocessing.Width} x {preprocessing.Height}");
    }

    private static ChannelNormalization[]? Channels(string name, int? declared, InputDescription input)
    {
        if (input.Means.Count + input.StandardDeviations.Count == 0)
        {
            return declared is not null ? null : throw new ArgumentException($"{name} leaves the number of its channels open. Give --mean a number for each.");
        }

        var count = declared ?? Math.Max(input.Means.Count, input.StandardDeviations.Count);
        float Of(IReadOnlyList<float> values, float otherwise, string option, int channel) => values.Count switch
        {
            0 => otherwise,
            1 => values[0],
            _ when values.Count == count => values[channel],
            _ => throw new ArgumentException($"{name} has {count} channels and {option} {values.Count} numbers. Give one number, or one for each channel."),
        };

        return [.. Enumerable.Range(0, count).Select(c => new ChannelNormalization(Of(input.Means, 0, "--mean", c), Of(input.StandardDeviations, 1, "--std", c)))];
    }
}
