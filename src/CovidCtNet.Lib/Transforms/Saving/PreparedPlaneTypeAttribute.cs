using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Marks a property of type <see cref="PreparedPlane"/> in a row class.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class PreparedPlaneTypeAttribute : DataViewTypeAttribute
{
    public override bool Equals(DataViewTypeAttribute? other) => other is PreparedPlaneTypeAttribute;

    public override bool Equals(object? obj) => obj is PreparedPlaneTypeAttribute;

    public override int GetHashCode() => typeof(PreparedPlaneTypeAttribute).GetHashCode();

    public override void Register() => DataViewTypeManager.Register(PreparedPlaneDataViewType.Instance, typeof(PreparedPlane), this);
}
