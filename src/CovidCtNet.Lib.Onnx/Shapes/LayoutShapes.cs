namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Operators that rearrange elements without choosing among them.</summary>
internal static class LayoutShapes
{
    public static void Register(Dictionary<string, ShapeRule> table)
    {
        table["Flatten"] = Flatten;
        table["Reshape"] = Reshape;
        table["Transpose"] = Transpose;
        table["Squeeze"] = Squeeze;
        table["Unsqueeze"] = Unsqueeze;
        table["DepthToSpace"] = c => [BlockMove(c, toSpace: true)];
        table["SpaceToDepth"] = c => [BlockMove(c, toSpace: false)];
    }

    private static TensorFact[] Flatten(ShapeContext c)
    {
        var shape = c.Shape(0);
        var axis = c.Node.GetInteger("axis", 1);
        var split = axis == shape.Count ? shape.Count : c.Axis(axis, shape.Count);
        return [new(c.Type, [DimensionMath.Product(shape.Take(split)), DimensionMath.Product(shape.Skip(split))])];
    }

    private static TensorFact[] Reshape(ShapeContext c)
    {
        var x = c.Shape(0);
        if (c.Input(1).Values is not { } wanted)
        {
            // The rank at least is the length of the vector.
            return [new(c.Type, c.Shape(1) is [{ Value: { } rank }] ? OnnxShape.Create(new OnnxDimension[rank]) : null)];
        }

        var copyZero = c.Node.GetInteger("allowzero", 0) == 0;
        var dimensions = wanted.ToArray();
        var free = -1;
        for (var i = 0; i < dimensions.Length; i++)
        {
            if (dimensions[i].Value == 0 && copyZero)
            {
                dimensions[i] = i < x.Count ? x[i] : throw c.Fail($"copies axis {i} of shape {x}, which it does not have");
            }
            else if (dimensions[i].Value == -1)
            {
                free = free < 0 ? i : throw c.Fail($"leaves more than one axis of [{string.Join(", ", wanted)}] open");
            }
        }

        if (free >= 0)
        {
            var others = dimensions.Where((_, i) => i != free).ToList();
            dimensions[free] = DimensionMath.Quotient(x, others, out var divides);
            if (!divides)
            {
                throw c.Fail($"cannot lay shape {x} out as [{string.Join(", ", wanted)}]");
            }
        }

        var result = OnnxShape.Create(dimensions);
        if (x.ElementCount is { } before && result.ElementCount is { } after && before != after)
        {
            throw c.Fail($"cannot lay shape {x} out as {result}");
        }

        return [new(c.Type, result) { Values = c.Input(0).Values }];
    }

    private static TensorFact[] Transpose(ShapeContext c)
    {
        var x = c.Shape(0);
        var order = c.Node.GetIntegers("perm") ?? [.. Enumerable.Range(0, x.Count).Reverse().Select(a => (long)a)];
        if (!order.Order().SequenceEqual(Enumerable.Range(0, x.Count).Select(a => (long)a)))
        {
            throw c.Fail($"perm [{string.Join(", ", order)}] does not order the axes of {x}");
        }

        var result = OnnxShape.Create([.. order.Select(a => x[(int)a])]);
        return [new(c.Type, result) { Values = SmallValues.Pick(c.Input(0), result, place => [.. place.Select((p, i) => (Axis: order[i], Place: p)).OrderBy(p => p.Axis).Select(p => p.Place)]) }];
    }

    private static TensorFact[] Squeeze(ShapeContext c)
    {
        var x = c.Shape(0);
        var axes = c.AttributeOrInput("axes", 1);
        if (axes is null && c.HasInput(1))
        {
            return [new(c.Type, null)];
        }

        var dropped = axes is null
            ? [.. Enumerable.Range(0, x.Count).Where(a => x[a].Value == 1)]
            : axes.Select(a => c.Axis(a, x.Count)).ToHashSet();
        foreach (var axis in dropped)
        {
            if (!x[axis].MayEqual(1))
            {
                throw c.Fail($"cannot drop axis {axis} of shape {x}");
            }
        }

        return [new(c.Type, OnnxShape.Create([.. x.Where((_, a) => !dropped.Contains(a))])) { Values = c.Input(0).Values }];
    }

    private static TensorFact[] Unsqueeze(ShapeContext c)
    {
        var x = c.Shape(0);
        if (c.AttributeOrInput("axes", 1) is not { } axes)
        {
            return [new(c.Type, null)];
        }

        var rank = x.Count + axes.Length;
        var added = axes.Select(a => c.Axis(a, rank)).ToHashSet();
        if (added.Count != axes.Length)
        {
            throw c.Fail($"names an axis twice in [{string.Join(", ", axes)}]");
        }

        var next = 0;
        var dimensions = new OnnxDimension[rank];
        for (var i = 0; i < rank; i++)
        {
            dimensions[i] = added.Contains(i) ? 1 : x[next++];
        }

        return [new(c.Type, OnnxShape.Create(dimensions)) { Values = c.Input(0).Values }];
    }

    private static TensorFact BlockMove(ShapeContext c, bool toSpace)
    {
        var x = c.Shape(0, 4);
        var block = c.Node.GetInteger("blocksize", 1);
        if (block is < 1 or > int.MaxValue)
        {
            throw c.Fail($"has blocks of {block} elements");
        }

        OnnxDimension Scale(OnnxDimension d, long factor, bool grow)
        {
            if (d.Value is not { } size)
            {
                return OnnxDimension.Unknown;
            }

            return grow ? size * factor : size % factor == 0 ? size / factor : throw c.Fail($"shape {x} does not divide into blocks of {block}");
        }

        return new(c.Type, [x[0], Scale(x[1], block * block, !toSpace), Scale(x[2], block, toSpace), Scale(x[3], block, toSpace)]);
    }
}
