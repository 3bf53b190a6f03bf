namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>
/// Where the windows of a convolution or pooling lie, per spatial axis, with <c>auto_pad</c> resolved to numbers.
/// The arithmetic is that of the ONNX operator specification.
/// </summary>
internal sealed record WindowGeometry(long[] Input, long[] Kernel, long[] Strides, long[] Dilations, long[] PadsBegin, long[] PadsEnd, long[] Output)
{
    public int Axes => Input.Length;

    /// <summary>Pads in the order of the attribute: every begin, then every end.</summary>
    public long[] Pads => [.. PadsBegin, .. PadsEnd];

    /// <summary>Works out the geometry of a node.</summary>
    /// <param name="node">A convolution or pooling.</param>
    /// <param name="input">Sizes of the spatial axes.</param>
    /// <param name="kernel">Sizes of the window.</param>
    /// <param name="fail">Makes the error of the node.</param>
    public static WindowGeometry Of(OnnxNode node, long[] input, long[] kernel, Func<string, Exception> fail)
    {
        var axes = input.Length;
        var strides = Expect(node.GetIntegers("strides"), "strides", axes, 1, fail);
        var dilations = Expect(node.GetIntegers("dilations"), "dilations", axes, 1, fail);
        var pads = node.GetIntegers("pads") ?? new long[2 * axes];
        if (pads.Length != 2 * axes || kernel.Length != axes)
        {
            throw fail($"has {kernel.Length} window sizes and {pads.Length} pads for {axes} spatial axes");
        }

        if (kernel.Concat(strides).Concat(dilations).Any(v => v < 1))
        {
            throw fail("has a window size, stride or dilation below 1");
        }

        var autoPad = node.GetText("auto_pad", "NOTSET");
        var ceiling = node.GetInteger("ceil_mode", 0) != 0;
        var result = new WindowGeometry(input, kernel, strides, dilations, pads[..axes], pads[axes..], new long[axes]);
        for (var i = 0; i < axes; i++)
        {
            result.Resolve(i, autoPad, ceiling, fail);
        }

        return result;
    }

    /// <summary>Elements from the first to the last one a window looks at.</summary>
    public long Reach(int axis) => checked(((Kernel[axis] - 1) * Dilations[axis]) + 1);

    /// <summary>Whether no element lies within two windows.</summary>
    public bool IsDisjoint() => Enumerable.Range(0, Axes).All(a => Output[a] == 1 || Strides[a] >= Reach(a));

    /// <summary>
    /// Whether rounding up makes a window that is left out, as it would start in the padding at the end. Only for a node that rounds up:
    /// rounding down leaves a rest too, but no window.
    /// </summary>
    public bool DropsWindow(int axis) =>
        (Output[axis] - 1) * Strides[axis] < Input[axis] + PadsBegin[axis] + PadsEnd[axis] - Reach(axis);

    private void Resolve(int axis, string autoPad, bool ceiling, Func<string, Exception> fail)
    {
        var reach = Reach(axis);
        var stride = Strides[axis];
        if (autoPad is "SAME_UPPER" or "SAME_LOWER")
        {
            Output[axis] = checked(Input[axis] + stride - 1) / stride;
            var total = Math.Max(checked(((Output[axis] - 1) * stride) + reach - Input[axis]), 0);
            var smaller = total / 2;
            (PadsBegin[axis], PadsEnd[axis]) = autoPad == "SAME_UPPER" ? (smaller, total - smaller) : (total - smaller, smaller);
            return;
        }

        if (autoPad == "VALID")
        {
            (PadsBegin[axis], PadsEnd[axis]) = (0, 0);
        }
        else if (autoPad != "NOTSET")
        {
            throw fail($"has auto_pad '{autoPad}', which does not exist");
        }

        var room = checked(Input[axis] + PadsBegin[axis] + PadsEnd[axis] - reach);
        if (room < 0)
        {
            throw fail($"its window reaches over {reach} elements, spatial axis {axis} has {Input[axis]} with {PadsBegin[axis] + PadsEnd[axis]} of padding");
        }

        Output[axis] = (checked(room + (ceiling ? stride - 1 : 0)) / stride) + 1;
        // A window that would start in the padding at the end sees no element and is left out.
        if (ceiling && (Output[axis] - 1) * stride >= Input[axis] + PadsBegin[axis])
        {
            Output[axis]--;
        }
    }

    private static long[] Expect(long[]? values, string name, int axes, long missing, Func<string, Exception> fail)
    {
        values ??= [.. Enumerable.Repeat(missing, axes)];
        return values.Length == axes ? values : throw fail($"has {values.Length} {name} for {axes} spatial axes");
    }
}
