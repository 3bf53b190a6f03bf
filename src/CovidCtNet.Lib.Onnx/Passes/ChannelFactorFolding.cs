using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// Folds a product with one constant for each channel into the convolution before it, also through a choice between the convolution's result
/// and zero: <c>Where(c, x * W, 0) * s = Where(c, x * (W s), 0)</c>. Gradients have such a product wherever a batch normalisation stands before
/// a rectifier; folded, a pass over the map is saved.
/// </summary>
public static class ChannelFactorFolding
{
    /// <summary>Folds in place. What something else reads as well, and convolutions with a bias or groups, are left alone.</summary>
    /// <param name="graph">The graph; 32-bit weights.</param>
    /// <returns>How many products were folded.</returns>
    public static int Apply(OnnxGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var main = graph.Model.Graph;
        var index = new GraphIndex(main);
        var names = new GraphNames(main);
        var folded = 0;
        foreach (var product in main.Node.Where(n => n.OpType == "Mul" && n.Input.Count == 2).ToArray())
        {
            var (value, factor) = index.FloatConstant(product.Input[1]) is { } second ? (product.Input[0], second) : (product.Input[1], index.FloatConstant(product.Input[0]));
            if (factor is null || index.OnlyReader(value) is null || index.Producer(value) is not { } maker)
            {
                continue;
            }

            var convolution = maker.OpType == "Where" && IsZero(index.FloatConstant(maker.Input[2])) && index.OnlyReader(maker.Input[1]) is not null ? index.Producer(maker.Input[1]) : maker;
            if (convolution is not { OpType: "Conv", Input.Count: 2 } || new OnnxNode(convolution).GetInteger("group", 1) != 1
                || index.FloatConstant(convolution.Input[1]) is not { } weight || !IsPerChannel(factor, weight))
            {
                continue;
            }

            convolution.Input[1] = names.Add<float>($"{weight.Name}/scaled", Scaled(weight, new OnnxTensor(factor).ToSingles()), [.. weight.Dims]);
            maker.Output[0] = product.Output[0];
            main.Node.Remove(product);
            folded++;
        }

        if (folded > 0)
        {
            UnusedValues.Remove(main);
        }

        return folded;
    }

    private static bool IsZero(TensorProto? tensor) => tensor is not null && tensor.Dims.Aggregate(1L, (a, b) => a * b) == 1 && new OnnxTensor(tensor).ToSingles()[0] == 0;

    // [1, C, 1, 1] or [C, 1, 1] for a weight [C, M, kh, kw].
    private static bool IsPerChannel(TensorProto factor, TensorProto weight)
    {
        var rank = weight.Dims.Count;
        long[] perChannel = [1, weight.Dims[0], .. Enumerable.Repeat(1L, rank - 2)];
        return factor.Dims.SequenceEqual(perChannel) || factor.Dims.SequenceEqual(perChannel.Skip(1));
    }

    private static float[] Scaled(TensorProto weight, float[] factors)
    {
        var values = new OnnxTensor(weight).ToSingles();
        var perFilter = values.Length / Math.Max(1, factors.Length);
        for (var i = 0; i < values.Length; i++)
        {
            values[i] *= factors[i / perFilter];
        }

        return values;
    }
}
