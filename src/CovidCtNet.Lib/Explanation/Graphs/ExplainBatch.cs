using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>Slices that go through the network together.</summary>
internal sealed class ExplainBatch
{
    private int _method;

    public ExplainBatch(GraphInput input, CtImage[] images, CancellationToken cancellationToken)
    {
        Input = input;
        Images = images;
        Cancellation = cancellationToken;
        Inputs = [.. images.Select(input.Of)];
        Placements = [.. images.Select(input.Place)];
    }

    public GraphInput Input { get; }

    public CtImage[] Images { get; }

    public float[][] Inputs { get; }

    public CtPlacement[] Placements { get; }

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

    /// <summary>All inputs one after another.</summary>
    public float[] Joined()
    {
        if (Inputs is [var only])
        {
            return only;
        }

        var joined = new float[Count * Input.Length];
        for (var i = 0; i < Count; i++)
        {
            Inputs[i].CopyTo(joined.AsSpan(i * Input.Length));
        }

        return joined;
    }
}
