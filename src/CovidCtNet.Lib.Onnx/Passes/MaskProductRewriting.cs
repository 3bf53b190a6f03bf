using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// Writes <c>(1 + m) * t</c>, the output of a residual attention module (Wang et al. 2017, eq. 3), as <c>m * t + t</c>. Both operands of every
/// node are then feature maps of one shape, which runtimes keep in the blocked layout of their convolutions; the constant 1 made them go
/// back to rows of pixels and stay there until the next convolution.
/// </summary>
public static class MaskProductRewriting
{
    /// <summary>Rewrites in place. A sum that something else reads, or that is an output, is left alone.</summary>
    /// <param name="graph">The graph; 32-bit weights.</param>
    /// <returns>How many products were rewritten.</returns>
    public static int Apply(OnnxGraph graph)
    {
        ArgumentNullException.ThrowIfNull(graph);
        var main = graph.Model.Graph;
        var uses = UnusedValues.NamesRead(main).CountBy(name => name, StringComparer.Ordinal).ToDictionary(StringComparer.Ordinal);

        // An initializer that is listed as an input can be overridden by the caller: it is no constant.
        var overridable = main.Input.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        var ones = main.Initializer.Where(i => !overridable.Contains(i.Name) && IsOne(i)).Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        var sums = main.Node.Where(n => n.OpType == "Add" && n.Input.Count == 2 && n.Input.Count(ones.Contains) == 1 && uses.GetValueOrDefault(n.Output[0]) == 1)
            .ToDictionary(n => n.Output[0], StringComparer.Ordinal);

        var rewritten = 0;
        for (var at = 0; at < main.Node.Count; at++)
        {
            var product = main.Node[at];
            if (product.OpType != "Mul" || product.Input.Count != 2 || product.Input.FirstOrDefault(sums.ContainsKey) is not { } name)
            {
                continue;
            }

            var sum = sums[name];
            var mask = sum.Input.Single(i => !ones.Contains(i));
            var trunk = product.Input.Single(i => i != name);
            var last = new NodeProto { OpType = "Add", Name = product.Name, Input = { name, trunk }, Output = { product.Output[0] } };

            // The product takes the name that the sum had, which nothing else reads.
            product.Name = $"{sum.Name}/product";
            product.Input.Clear();
            product.Input.Add([mask, trunk]);
            product.Output[0] = name;
            main.Node.Insert(at + 1, last);
            main.Node.Remove(sum);
            sums.Remove(name);
            rewritten++;
        }

        if (rewritten > 0)
        {
            UnusedValues.Remove(main);
        }

        return rewritten;
    }

    // One number of no more than one dimension: it adds no dimension to what it is added to.
    private static bool IsOne(TensorProto tensor) =>
        tensor.DataType == (int)OnnxElementType.Float32 && tensor.Dims.Count <= 1 && tensor.Dims.All(d => d == 1) && new OnnxTensor(tensor).ToSingles() is [1f];
}
