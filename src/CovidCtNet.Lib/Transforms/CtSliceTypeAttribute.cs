using CovidCtNet.Lib.Imaging;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Marks a field or property of type <see cref="CtImage"/> in a row class as a column of slices.</summary>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class CtSliceTypeAttribute : DataViewTypeAttribute
{
    /// <inheritdoc/>
    public override bool Equals(DataViewTypeAttribute? other) => other is CtSliceTypeAttribute;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is CtSliceTypeAttribute;

    /// <inheritdoc/>
    public override int GetHashCode() => typeof(CtSliceTypeAttribute).GetHashCode();

    /// <inheritdoc/>
    public override void Register() => DataViewTypeManager.Register(CtSliceDataViewType.Instance, typeof(CtImage), this);
}
