using System.Collections;
using System.Runtime.CompilerServices;

namespace CovidCtNet.Lib.Onnx;

/// <summary>Shape of a tensor, outermost dimension first (NCHW for images). Immutable; written as a collection: <c>["N", 1, 224, 224]</c>.</summary>
[CollectionBuilder(typeof(OnnxShape), nameof(Create))]
public sealed class OnnxShape : IReadOnlyList<OnnxDimension>, IEquatable<OnnxShape>
{
    private readonly OnnxDimension[] _dimensions;

    private OnnxShape(OnnxDimension[] dimensions) => _dimensions = dimensions;

    /// <summary>The shape of a scalar.</summary>
    public static OnnxShape Scalar { get; } = new([]);

    /// <summary>Number of dimensions; 0 for a scalar.</summary>
    public int Count => _dimensions.Length;

    /// <summary>Number of elements, or <see langword="null"/> where a dimension is not fixed.</summary>
    /// <exception cref="OverflowException">There are more than 2^63 - 1 elements.</exception>
    public long? ElementCount
    {
        get
        {
            long product = 1;
            foreach (var dimension in _dimensions)
            {
                if (dimension.Value is not { } value)
                {
                    return null;
                }

                product = checked(product * value);
            }

            return product;
        }
    }

    /// <summary>The dimension at <paramref name="index"/>, from 0.</summary>
    public OnnxDimension this[int index] => _dimensions[index];

    /// <summary>Makes a shape of dimensions.</summary>
    public static OnnxShape Create(ReadOnlySpan<OnnxDimension> dimensions) => new(dimensions.ToArray());

    /// <summary>Makes a fixed shape of sizes.</summary>
    public static OnnxShape OfSizes(params ReadOnlySpan<long> sizes)
    {
        var dimensions = new OnnxDimension[sizes.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            dimensions[i] = sizes[i];
        }

        return new(dimensions);
    }

    /// <summary>The sizes, where all are fixed; else <see langword="null"/>.</summary>
    public long[]? ToSizes()
    {
        var sizes = new long[Count];
        for (var i = 0; i < sizes.Length; i++)
        {
            if (_dimensions[i].Value is not { } value)
            {
                return null;
            }

            sizes[i] = value;
        }

        return sizes;
    }

    /// <summary>True where both have the same rank and no two fixed dimensions differ.</summary>
    public bool MayEqual(OnnxShape other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Count == other.Count && _dimensions.Zip(other._dimensions).All(pair => pair.First.MayEqual(pair.Second));
    }

    /// <inheritdoc/>
    public bool Equals(OnnxShape? other) => other is not null && _dimensions.AsSpan().SequenceEqual(other._dimensions);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as OnnxShape);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var dimension in _dimensions)
        {
            hash.Add(dimension);
        }

        return hash.ToHashCode();
    }

    /// <summary>The dimensions, as <c>[N, 1, 224, 224]</c>.</summary>
    public override string ToString() => $"[{string.Join(", ", _dimensions)}]";

    /// <inheritdoc/>
    public IEnumerator<OnnxDimension> GetEnumerator() => ((IEnumerable<OnnxDimension>)_dimensions).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
