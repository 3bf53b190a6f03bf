namespace CovidCtNet.Lib.Onnx.Gradients.Rules;

/// <summary>Arithmetic with broadcasting: the gradient is summed over the axes along which an operand was repeated.</summary>
internal static class ArithmeticRules
{
    public static void Add(GradientContext c)
    {
        To(c, 0, c.Gradient);
        To(c, 1, c.Gradient);
    }

    public static void Sub(GradientContext c)
    {
        To(c, 0, c.Gradient);
        if (c.Wants(1))
        {
            To(c, 1, c.Builder.Node("Neg", [c.Gradient]));
        }
    }

    public static void Mul(GradientContext c)
    {
        for (var i = 0; i < 2; i++)
        {
            if (c.Wants(i))
            {
                To(c, i, c.Builder.Mul(c.Gradient, c.Input(1 - i)));
            }
        }
    }

    /// <summary><c>da = dy / b</c>, <c>db = -dy * y / b</c>.</summary>
    public static void Div(GradientContext c)
    {
        var quotient = c.Builder.Div(c.Gradient, c.Input(1));
        To(c, 0, quotient);
        if (c.Wants(1))
        {
            To(c, 1, c.Builder.Node("Neg", [c.Builder.Mul(quotient, c.Output())]));
        }
    }

    public static void Sum(GradientContext c)
    {
        for (var i = 0; i < c.InputCount; i++)
        {
            To(c, i, c.Gradient);
        }
    }

    public static void Mean(GradientContext c)
    {
        var share = c.Builder.Mul(c.Gradient, 1.0 / c.InputCount);
        for (var i = 0; i < c.InputCount; i++)
        {
            To(c, i, share);
        }
    }

    public static void Expand(GradientContext c) => To(c, 0, c.Gradient);

    public static void Where(GradientContext c)
    {
        var mask = c.Builder.Indicator(c.Input(0), c.Gradient);
        var chosen = c.Builder.Mul(c.Gradient, mask);
        To(c, 1, chosen);
        if (c.Wants(2))
        {
            To(c, 2, c.Builder.Sub(c.Gradient, chosen));
        }
    }

    private static void To(GradientContext c, int input, OnnxValue gradient)
    {
        if (c.Wants(input))
        {
            c.Contribute(input, c.Builder.SumTo(gradient, c.Input(input)));
        }
    }
}
