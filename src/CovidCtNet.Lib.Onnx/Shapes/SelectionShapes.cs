namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Operators that join, cut, repeat or pick elements.</summary>
internal static class SelectionShapes
{
    public static void Register(Dictionary<string, ShapeRule> table)
    {
        table["Concat"] = Concat;
        table["Split"] = Split;
        table["Slice"] = Slice;
        table["Pad"] = Pad;
        table["Gather"] = Gather;
        table["GatherElements"] = c => [new(c.Type, c.Shape(1))];
        table["Expand"] = Expand;
        table["Tile"] = Tile;
    }

    private static TensorFact[] Concat(ShapeContext c)
    {
        var first = c.Shape(0);
        var axis = c.Axis(c.Node.GetInteger("axis", 0), first.Count);
        var dimensions = first.ToArray();
        OnnxDimension sum = 0;
        for (var i = 0; i < c.InputCount; i++)
        {
            var shape = c.Shape(i, first.Count);
            for (var a = 0; a < first.Count; a++)
            {
                if (a != axis && !shape[a].MayEqual(dimensions[a]))
                {
                    throw c.Fail($"cannot join shapes {first} and {shape} along axis {axis}");
                }

                dimensions[a] = a != axis && dimensions[a].Value is null ? shape[a].Value is null ? dimensions[a] : shape[a] : dimensions[a];
            }

            sum = sum.Value is { } total && shape[axis].Value is { } size ? total + size : OnnxDimension.Unknown;
        }

        dimensions[axis] = c.InputCount == 1 ? first[axis] : sum;
        var parts = Enumerable.Range(0, c.InputCount).Select(i => c.Input(i).Values).ToList();
        // Laid out row by row, tensors joined along their first axis follow one another.
        return [new(c.Type, OnnxShape.Create(dimensions)) { Values = axis == 0 && parts.All(p => p is not null) ? [.. parts.SelectMany(p => p!)] : null }];
    }

    private static TensorFact[] Split(ShapeContext c)
    {
        var x = c.Shape(0);
        var axis = c.Axis(c.Node.GetInteger("axis", 0), x.Count);
        var count = c.Node.Outputs.Count;
        var sizes = c.AttributeOrInput("split", 1);
        if (sizes is not null && (sizes.Length != count || (x[axis].Value is { } whole && sizes.Sum() != whole)))
        {
            throw c.Fail($"sizes [{string.Join(", ", sizes)}] do not cut axis {axis} of {x} into {count}");
        }

        var facts = new TensorFact[count];
        for (var i = 0; i < count; i++)
        {
            var dimensions = x.ToArray();
            dimensions[axis] = sizes is not null ? sizes[i] : c.HasInput(1) || x[axis].Value is not { } size ? OnnxDimension.Unknown : EvenPart(c, size, count, i);
            facts[i] = new(c.Type, OnnxShape.Create(dimensions));
        }

        return facts;
    }

    /// <summary>Equal parts; from operator set 18 the last may be smaller.</summary>
    private static long EvenPart(ShapeContext c, long size, int count, int index)
    {
        if (size % count != 0 && c.Opset < 18)
        {
            throw c.Fail($"cannot cut {size} elements into {count} equal parts");
        }

        var part = (size + count - 1) / count;
        return Math.Min(part, size - (index * part));
    }

    private static TensorFact[] Slice(ShapeContext c)
    {
        var x = c.Shape(0);
        var dimensions = x.ToArray();
        var ranges = SliceRange.Of(c.Node.Inputs.Count, x, i => c.HasInput(i) ? c.Input(i).Integers : null, c.HasInput, c.Fail);
        if (ranges is null)
        {
            return [new(c.Type, OnnxShape.Create(new OnnxDimension[x.Count]))];
        }

        foreach (var range in ranges)
        {
            dimensions[range.Axis] = range.TakesAll ? x[range.Axis] : range.Count is { } count ? count : OnnxDimension.Unknown;
        }

        var result = OnnxShape.Create(dimensions);
        return [new(c.Type, result)
        {
            Values = SmallValues.Pick(c.Input(0), result, place =>
            {
                foreach (var range in ranges)
                {
                    place[range.Axis] = range.Start + (place[range.Axis] * range.Step);
                }

                return place;
            }),
        }];
    }

    private static TensorFact[] Pad(ShapeContext c)
    {
        var x = c.Shape(0);
        if (c.AttributeOrInput("pads", 1) is not { } pads || (c.HasInput(3) && c.Input(3).Integers is null))
        {
            return [new(c.Type, OnnxShape.Create(new OnnxDimension[x.Count]))];
        }

        var axes = c.HasInput(3) ? [.. c.Input(3).Integers!.Select(a => c.Axis(a, x.Count))] : Enumerable.Range(0, x.Count).ToArray();
        if (pads.Length != 2 * axes.Length)
        {
            throw c.Fail($"has {pads.Length} pads for {axes.Length} axes");
        }

        var dimensions = x.ToArray();
        for (var i = 0; i < axes.Length; i++)
        {
            var change = pads[i] + pads[i + axes.Length];
            dimensions[axes[i]] = x[axes[i]].Value is { } size ? size + change : change == 0 && pads[i] == 0 ? x[axes[i]] : OnnxDimension.Unknown;
            if (dimensions[axes[i]].Value < 0)
            {
                throw c.Fail($"cuts more off axis {axes[i]} than shape {x} has");
            }
        }

        return [new(c.Type, OnnxShape.Create(dimensions))];
    }

    private static TensorFact[] Gather(ShapeContext c)
    {
        var x = c.Shape(0);
        var axis = c.Axis(c.Node.GetInteger("axis", 0), x.Count);
        var indices = c.Shape(1);
        var result = OnnxShape.Create([.. x.Take(axis), .. indices, .. x.Skip(axis + 1)]);
        IReadOnlyList<OnnxDimension>? values = null;
        if (x.Count == 1 && c.Input(0).Values is { } all && c.Input(1).Integers is { } picks)
        {
            values = [.. picks.Select(p => all[c.Axis(p, all.Count)])];
        }

        return [new(c.Type, result) { Values = values }];
    }

    private static TensorFact[] Expand(ShapeContext c)
    {
        if (c.Input(1).Values is not { } wanted)
        {
            return [new(c.Type, c.Shape(1) is [{ Value: { } rank }] && rank >= c.Shape(0).Count ? OnnxShape.Create(new OnnxDimension[rank]) : null)];
        }

        return [new(c.Type, c.Broadcast(c.Shape(0), OnnxShape.Create([.. wanted])))];
    }

    private static TensorFact[] Tile(ShapeContext c)
    {
        var x = c.Shape(0);
        if (c.Input(1).Values is not { } repeats)
        {
            return [new(c.Type, OnnxShape.Create(new OnnxDimension[x.Count]))];
        }

        return repeats.Count == x.Count
            ? [new(c.Type, OnnxShape.Create([.. x.Zip(repeats).Select(p => DimensionMath.Product([p.First, p.Second]))]))]
            : throw c.Fail($"has {repeats.Count} repeats for shape {x}");
    }
}
