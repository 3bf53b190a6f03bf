namespace CovidCtNet.Lib.Onnx;

/// <summary>What stays in 32 bits when a graph goes to 16.</summary>
public sealed record HalfPrecisionOptions
{
    /// <summary>The options used where none are given.</summary>
    public static HalfPrecisionOptions Default { get; } = new();

    /// <summary>
    /// Operators that stay in float32 although they have a 16-bit form. Default: those that add up many values, which 16 bits overflow (the
    /// largest is 65,504) or round off, and exponentials.
    /// </summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public IReadOnlyCollection<string> FloatOperators
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = ["GlobalAveragePool", "Softmax", "LogSoftmax", "Exp", "Log", "Pow", "Sqrt", "ReduceMean", "ReduceSum", "LayerNormalization", "InstanceNormalization"];

    /// <summary>Names of nodes that stay in float32.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public IReadOnlyCollection<string> FloatNodes
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = [];
}
