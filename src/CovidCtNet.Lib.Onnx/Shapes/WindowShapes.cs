namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Convolutions and poolings.</summary>
internal static class WindowShapes
{
    public static void Register(Dictionary<string, ShapeRule> table)
    {
        table["Conv"] = Convolution;
        table["ConvTranspose"] = TransposedConvolution;
        table["MaxPool"] = Pool;
        table["AveragePool"] = Pool;
        table["LpPool"] = Pool;
        table["GlobalAveragePool"] = GlobalPool;
        table["GlobalMaxPool"] = GlobalPool;
    }

    private static TensorFact[] Convolution(ShapeContext c)
    {
        var x = ImageLike(c);
        var w = c.Shape(1, x.Count);
        var group = c.Node.GetInteger("group", 1);
        if (x[1].Value is { } channels && w[1].Value is { } perGroup && channels != perGroup * group)
        {
            throw c.Fail($"its weight {w} with {group} groups needs {perGroup * group} channels, the data {x} has {channels}");
        }

        if (w[0].Value is { } filters && (group < 1 || filters % group != 0))
        {
            throw c.Fail($"its {filters} filters do not divide into {group} groups");
        }

        CheckBias(c, w[0]);
        if (w.ToSizes() is not { } weight)
        {
            return [new(c.Type, null)];
        }

        if (c.Node.GetIntegers("kernel_shape") is { } declared && !declared.AsSpan().SequenceEqual(weight.AsSpan(2)))
        {
            throw c.Fail($"declares a kernel [{string.Join(", ", declared)}], its weight has {w}");
        }

        return [new(c.Type, OnnxShape.Create([x[0], w[0], .. Slide(c, x, weight[2..])]))];
    }

    private static TensorFact[] TransposedConvolution(ShapeContext c)
    {
        var x = ImageLike(c);
        var w = c.Shape(1, x.Count);
        if (!w[0].MayEqual(x[1]))
        {
            throw c.Fail($"its weight {w} needs {w[0]} channels, the data {x} has {x[1]}");
        }

        var axes = x.Count - 2;
        var filters = w[1].Value is { } perGroup ? perGroup * c.Node.GetInteger("group", 1) : OnnxDimension.Unknown;
        CheckBias(c, filters);
        var dimensions = new OnnxDimension[x.Count];
        (dimensions[0], dimensions[1]) = (x[0], filters);
        var strides = c.Node.GetIntegers("strides");
        var dilations = c.Node.GetIntegers("dilations");
        var pads = c.Node.GetIntegers("pads");
        var extra = c.Node.GetIntegers("output_padding");
        var explicitShape = c.Node.GetIntegers("output_shape");
        var autoPad = c.Node.GetText("auto_pad", "NOTSET");
        for (var i = 0; i < axes; i++)
        {
            if (x[i + 2].Value is { } size && w[i + 2].Value is { } kernel)
            {
                var stride = strides?[i] ?? 1;
                var full = (stride * (size - 1)) + (extra?[i] ?? 0) + ((kernel - 1) * (dilations?[i] ?? 1)) + 1;
                dimensions[i + 2] = explicitShape is not null ? explicitShape[^(axes - i)]
                    : autoPad is "SAME_UPPER" or "SAME_LOWER" ? size * stride
                    : full - (autoPad == "VALID" ? 0 : (pads?[i] ?? 0) + (pads?[i + axes] ?? 0));
            }
        }

        return [new(c.Type, OnnxShape.Create(dimensions))];
    }

    private static TensorFact[] Pool(ShapeContext c)
    {
        var x = ImageLike(c);
        var kernel = c.Node.GetIntegers("kernel_shape") ?? throw c.Fail("has no kernel_shape");
        var shape = OnnxShape.Create([x[0], x[1], .. Slide(c, x, kernel)]);
        return [new(c.Type, shape), new(OnnxElementType.Int64, shape)];
    }

    private static TensorFact[] GlobalPool(ShapeContext c)
    {
        var x = ImageLike(c);
        return [new(c.Type, OnnxShape.Create([x[0], x[1], .. Enumerable.Repeat(OnnxDimension.FromInt64(1), x.Count - 2)]))];
    }

    /// <summary>Sizes after sliding a window; unknown where an input size is.</summary>
    private static OnnxDimension[] Slide(ShapeContext c, OnnxShape x, long[] kernel)
    {
        var spatial = OnnxShape.Create([.. x.Skip(2)]).ToSizes();
        if (spatial is null)
        {
            return new OnnxDimension[x.Count - 2];
        }

        return [.. WindowGeometry.Of(c.Node, spatial, kernel, c.Fail).Output.Select(OnnxDimension.FromInt64)];
    }

    private static OnnxShape ImageLike(ShapeContext c)
    {
        var x = c.Shape(0);
        return x.Count >= 3 ? x : throw c.Fail($"the data has shape {x}; batch, channels and at least one spatial axis are needed");
    }

    private static void CheckBias(ShapeContext c, OnnxDimension filters)
    {
        if (c.HasInput(2) && !c.Shape(2, 1)[0].MayEqual(filters))
        {
            throw c.Fail($"its bias has shape {c.Shape(2)}, there are {filters} filters");
        }
    }
}
