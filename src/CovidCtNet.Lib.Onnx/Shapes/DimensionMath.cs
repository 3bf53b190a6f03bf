namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Arithmetic on dimensions that may be symbolic.</summary>
internal static class DimensionMath
{
    /// <summary>Product of dimensions; a single symbol is kept where the rest is 1.</summary>
    public static OnnxDimension Product(IEnumerable<OnnxDimension> dimensions)
    {
        var (value, symbols, known) = Factor(dimensions);
        return !known ? OnnxDimension.Unknown
            : symbols.Count == 0 ? value
            : symbols.Count == 1 && value == 1 ? symbols[0]
            : OnnxDimension.Unknown;
    }

    /// <summary>Product of <paramref name="all"/> over the product of <paramref name="part"/>; equal symbols cancel.</summary>
    /// <param name="all">Dividend.</param>
    /// <param name="part">Divisor.</param>
    /// <param name="divides">False where the numbers show that it does not divide.</param>
    public static OnnxDimension Quotient(IEnumerable<OnnxDimension> all, IEnumerable<OnnxDimension> part, out bool divides)
    {
        var (value, symbols, known) = Factor(all);
        var (divisor, divisorSymbols, divisorKnown) = Factor(part);
        divides = true;
        if (!known || !divisorKnown || divisor == 0)
        {
            return OnnxDimension.Unknown;
        }

        foreach (var symbol in divisorSymbols)
        {
            if (!symbols.Remove(symbol))
            {
                return OnnxDimension.Unknown;
            }
        }

        if (value % divisor != 0)
        {
            // A symbol may bring the missing factor.
            divides = symbols.Count > 0;
            return OnnxDimension.Unknown;
        }

        value /= divisor;
        return symbols.Count == 0 ? value : symbols.Count == 1 && value == 1 ? symbols[0] : OnnxDimension.Unknown;
    }

    private static (long Value, List<OnnxDimension> Symbols, bool Known) Factor(IEnumerable<OnnxDimension> dimensions)
    {
        long product = 1;
        List<OnnxDimension> symbols = [];
        foreach (var dimension in dimensions)
        {
            if (dimension.Value is { } value)
            {
                product = checked(product * value);
            }
            else if (dimension.Symbol is not null)
            {
                symbols.Add(dimension);
            }
            else
            {
                return (0, symbols, false);
            }
        }

        return (product, symbols, true);
    }
}
