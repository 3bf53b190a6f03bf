using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>Slices that go through the network together. Its inputs are given back when it is disposed of; no map may hold them.</summary>
internal sealed class ExplainBatch : IDisposable
{
    private int _method;

    /// <param name="input">How slices fill the input.</param>
    /// <param name="images">The slices.</param>
    /// <param name="threads">The most threads that work on them; 0 for one for each processor.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public ExplainBatch(GraphInput input, CtImage[] images, int threads, CancellationToken cancellationToken)
    {
        Input = input;
        ThreadCount = threads;
        Images = images;
        Cancellation = cancellationToken;
        Inputs = new float[images.Length][];
        Placements = new CtPlacement[images.Length];
        Threads.For(images.Length, threads, i =>
        {
            Inputs[i] = input.Rent();
            Placements[i] = input.Write(images[i], Inputs[i]);
        });
    }

    public GraphInput Input { get; }

    public CtImage[] Images { get; }

    public float[][] Inputs { get; }

    public CtPlacement[] Placements { get; }

    /// <summary>The most threads that work on the slices; 0 for one for each processor.</summary>
    public int ThreadCount { get; }

    public CancellationToken Cancellation { get; }

    public int Count => Images.Length;

    /// <summary>Gets the number of methods done, with the share of the one under way.</summary>
    public required Action<double> Report { get; init; }

    public void Start(int method)
    {
        _method = method;
        Report(method);
    }

    public void Progress(double share) => Report(_method + share);

    public void Dispose() => Array.ForEach(Inputs, Input.Return);
}
