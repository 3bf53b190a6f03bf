using CovidCtNet.Lib.Onnx;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Inference;

/// <summary>
/// A second session for full batches: several threads each run a part of the batch from end to end, instead of meeting after every operator.
/// Made when the first full batch comes; parts have a fixed size, which lets ONNX Runtime keep its blocked layout throughout.
/// </summary>
internal sealed class BatchLanes : IDisposable
{
    private readonly Lazy<InferenceSession?> _session;

    private BatchLanes(int count, int part, Func<InferenceSession?> open)
    {
        Count = count;
        Part = part;
        _session = new(open);
    }

    /// <summary>Number of threads, and of parts of a batch.</summary>
    public int Count { get; }

    /// <summary>Slices of a part.</summary>
    public int Part { get; }

    /// <summary>The session; null where the runtime refuses the model with a fixed batch size, and the plain session does the work.</summary>
    public InferenceSession? Session => _session.Value;

    /// <summary>The lanes of a model, or null where one run over the whole batch is better: on a GPU, with one thread, or where most threads would be idle.</summary>
    /// <param name="options">Threads and batch size.</param>
    /// <param name="provider">What really runs the model.</param>
    /// <param name="graph">Gives the graph when it is first needed; changed.</param>
    /// <param name="sourceName">The model's name for messages.</param>
    public static BatchLanes? Plan(CovidCtModelOptions options, CtExecutionProvider provider, Func<OnnxGraph> graph, string? sourceName)
    {
        if (!options.SplitBatches || provider != CtExecutionProvider.Cpu)
        {
            return null;
        }

        var threads = options.IntraOpThreads > 0 ? options.IntraOpThreads : Environment.ProcessorCount;
        var count = LargestDivisor(options.BatchSize, threads);
        return count > 1 && count * 2 > threads
            ? new BatchLanes(count, options.BatchSize / count, () => Open(options, graph(), options.BatchSize / count, sourceName))
            : null;
    }

    /// <summary>Whether a batch is run in lanes. Idle places are filled up to a quarter: lanes are faster by more than that.</summary>
    public bool Takes(int samples) => samples * 4 >= Count * Part * 3;

    public void Dispose()
    {
        if (_session.IsValueCreated)
        {
            _session.Value?.Dispose();
        }
    }

    private static InferenceSession? Open(CovidCtModelOptions options, OnnxGraph graph, int part, string? sourceName)
    {
        // The dimension is fixed by its name; one without a name cannot be.
        if (graph.Inputs[0].Shape?[0].Symbol is not { } batch)
        {
            return null;
        }

        MaskProductRewriting.Apply(graph);
        try
        {
            return SessionFactory.Open(graph.ToArray(), options with { IntraOpThreads = 1 }, sourceName, (batch, part)).Session;
        }
        catch (CovidCtModelFormatException)
        {
            return null;
        }
    }

    private static int LargestDivisor(int number, int most)
    {
        var divisor = Math.Min(number, most);
        while (number % divisor != 0)
        {
            divisor--;
        }

        return divisor;
    }
}
