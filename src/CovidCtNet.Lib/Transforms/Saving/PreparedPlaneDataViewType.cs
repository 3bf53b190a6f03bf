using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>The type of the column of <see cref="PreparedPlane"/>.</summary>
internal sealed class PreparedPlaneDataViewType : StructuredDataViewType
{
    private PreparedPlaneDataViewType()
        : base(typeof(PreparedPlane))
    {
    }

    public static PreparedPlaneDataViewType Instance { get; } = new();

    public override bool Equals(DataViewType? other) => other is PreparedPlaneDataViewType;

    public override bool Equals(object? obj) => obj is PreparedPlaneDataViewType;

    public override int GetHashCode() => typeof(PreparedPlaneDataViewType).GetHashCode();

    public override string ToString() => "PreparedPlane";
}
