using CovidCtNet.Lib.Imaging;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms;

/// <summary>
/// The ML.NET type of a column of <see cref="CtImage"/>: slices with all their bits and units, which <see cref="MLImage"/>, 8 bits a
/// channel, cannot hold.
/// </summary>
public sealed class CtSliceDataViewType : StructuredDataViewType
{
    private CtSliceDataViewType()
        : base(typeof(CtImage))
    {
    }

    /// <summary>The type.</summary>
    public static CtSliceDataViewType Instance { get; } = new();

    /// <inheritdoc/>
    public override bool Equals(DataViewType? other) => other is CtSliceDataViewType;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CtSliceDataViewType;

    /// <inheritdoc/>
    public override int GetHashCode() => typeof(CtSliceDataViewType).GetHashCode();

    /// <inheritdoc/>
    public override string ToString() => "CtSlice";
}
