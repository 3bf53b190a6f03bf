namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>What a <c>Slice</c> takes along one axis.</summary>
/// <param name="Axis">The axis.</param>
/// <param name="Start">First element; from 0.</param>
/// <param name="Step">Distance of elements; negative runs backwards.</param>
/// <param name="Count">Number of elements, or null where the axis has no fixed size and is not taken whole.</param>
/// <param name="TakesAll">True where it is the identity.</param>
internal sealed record SliceRange(int Axis, long Start, long Step, long? Count, bool TakesAll)
{
    /// <summary>Reads the inputs of a slice; null where they are not constant.</summary>
    /// <param name="inputCount">Number of inputs of the node.</param>
    /// <param name="data">Shape of the data.</param>
    /// <param name="integers">The integers of an input, where known.</param>
    /// <param name="has">Whether an input is there.</param>
    /// <param name="fail">Makes the error of the node.</param>
    public static IReadOnlyList<SliceRange>? Of(int inputCount, OnnxShape data, Func<int, long[]?> integers, Func<int, bool> has, Func<string, Exception> fail)
    {
        if (inputCount < 3 || integers(1) is not { } starts || integers(2) is not { } ends
            || (has(3) && integers(3) is null) || (has(4) && integers(4) is null))
        {
            return null;
        }

        var axes = integers(3) ?? [.. Enumerable.Range(0, starts.Length).Select(a => (long)a)];
        var steps = integers(4) ?? [.. starts.Select(_ => 1L)];
        if (ends.Length != starts.Length || axes.Length != starts.Length || steps.Length != starts.Length)
        {
            throw fail("its starts, ends, axes and steps differ in number");
        }

        var ranges = new SliceRange[starts.Length];
        for (var i = 0; i < ranges.Length; i++)
        {
            var axis = axes[i] < 0 ? axes[i] + data.Count : axes[i];
            if (axis < 0 || axis >= data.Count || steps[i] == 0)
            {
                throw fail($"axis {axes[i]} or step {steps[i]} does not fit shape {data}");
            }

            ranges[i] = Resolve((int)axis, data[(int)axis], starts[i], ends[i], steps[i]);
        }

        return ranges;
    }

    private static SliceRange Resolve(int axis, OnnxDimension dimension, long start, long end, long step)
    {
        if (dimension.Value is not { } size)
        {
            // Exporters write the greatest 32- or 64-bit integer for "to the end".
            return new(axis, start, step, null, start == 0 && step == 1 && end >= int.MaxValue);
        }

        start = Math.Clamp(start < 0 ? start + size : start, 0, step > 0 ? size : size - 1);
        end = end < 0 ? (end < -size ? -1 : end + size) : end;
        end = step > 0 ? Math.Clamp(end, 0, size) : Math.Clamp(end, -1, size - 1);
        var count = Math.Max(0, (end - start + step - Math.Sign(step)) / step);
        return new(axis, start, step, count, count == size && step == 1);
    }
}
