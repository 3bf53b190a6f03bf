using System.Globalization;

namespace CovidCtNet.Lib.Onnx;

/// <summary>One dimension of a tensor: a number, a symbol such as <c>N</c> for a size known only at run time, or unknown.</summary>
public readonly record struct OnnxDimension
{
    /// <summary>A dimension nothing is known about.</summary>
    public static OnnxDimension Unknown => default;

    private OnnxDimension(long? value, string? symbol)
    {
        Value = value;
        Symbol = symbol;
    }

    /// <summary>The size, 0 or more, or <see langword="null"/> where it is not fixed.</summary>
    public long? Value { get; }

    /// <summary>The symbol, or <see langword="null"/> where the dimension is fixed or unknown.</summary>
    public string? Symbol { get; }

    /// <summary>A fixed size, or, where a shape is carried as values, any integer.</summary>
    public static OnnxDimension FromInt64(long value) => new(value, null);

    /// <summary>A symbolic size; equal symbols of one graph are equal sizes.</summary>
    /// <exception cref="ArgumentException"><paramref name="symbol"/> is empty.</exception>
    public static OnnxDimension FromString(string symbol)
    {
        ArgumentException.ThrowIfNullOrEmpty(symbol);
        return new(null, symbol);
    }

    /// <summary>A fixed size.</summary>
    public static implicit operator OnnxDimension(long value) => FromInt64(value);

    /// <summary>A symbolic size.</summary>
    public static implicit operator OnnxDimension(string symbol) => FromString(symbol);

    /// <summary>True unless both dimensions are fixed and differ.</summary>
    public bool MayEqual(OnnxDimension other) => Value is not { } a || other.Value is not { } b || a == b;

    /// <summary>The number, the symbol, or <c>?</c>.</summary>
    public override string ToString() => Value?.ToString(CultureInfo.InvariantCulture) ?? Symbol ?? "?";
}
