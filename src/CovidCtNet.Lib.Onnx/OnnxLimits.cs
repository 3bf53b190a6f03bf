namespace CovidCtNet.Lib.Onnx;

/// <summary>How much of a file is accepted, so that a hostile or broken one is refused before it costs memory.</summary>
public sealed record OnnxLimits
{
    /// <summary>The limits used where none are given: 2 GiB, 1,000,000 nodes, 1,000,000 initializers, 64 levels.</summary>
    public static OnnxLimits Default { get; } = new();

    /// <summary>Largest file, in bytes; 1 to 2^31 - 1 (the largest message of the format).</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaximumBytes { get; init => field = Positive(value, nameof(MaximumBytes)); } = int.MaxValue;

    /// <summary>Most nodes, those of subgraphs included; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaximumNodes { get; init => field = Positive(value, nameof(MaximumNodes)); } = 1_000_000;

    /// <summary>Most initializers, those of subgraphs included; at least 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaximumInitializers { get; init => field = Positive(value, nameof(MaximumInitializers)); } = 1_000_000;

    /// <summary>Deepest nesting of messages, 8 to 100; a subgraph costs three levels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int MaximumNesting
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 8, nameof(MaximumNesting));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 100, nameof(MaximumNesting));
            field = value;
        }
    } = 64;

    private static int Positive(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return value;
    }
}
