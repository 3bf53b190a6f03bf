namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Values of small integer tensors of several axes, such as the pads that PyTorch turns over by slicing and transposing a matrix.</summary>
internal static class SmallValues
{
    /// <summary>The values of a tensor whose elements are chosen from another; null where the other carries none or a size is open.</summary>
    /// <param name="from">The tensor chosen from.</param>
    /// <param name="shape">Shape of the result.</param>
    /// <param name="source">The place in <paramref name="from"/> of a place in the result; may change and return what it is given.</param>
    public static IReadOnlyList<OnnxDimension>? Pick(TensorFact from, OnnxShape shape, Func<long[], long[]> source)
    {
        if (from.Values is not { } all || from.Shape?.ToSizes() is not { } sizes || shape.ToSizes() is not { } wanted)
        {
            return null;
        }

        var values = new OnnxDimension[wanted.Aggregate(1L, (p, d) => p * d)];
        for (var i = 0; i < values.Length; i++)
        {
            var place = new long[wanted.Length];
            var rest = (long)i;
            for (var axis = wanted.Length - 1; axis >= 0; axis--)
            {
                (rest, place[axis]) = Math.DivRem(rest, wanted[axis]);
            }

            var at = source(place).Zip(sizes).Aggregate(0L, (index, p) => (index * p.Second) + p.First);
            if (at < 0 || at >= all.Count)
            {
                return null;
            }

            values[i] = all[(int)at];
        }

        return values;
    }
}
