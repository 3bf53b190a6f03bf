namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>The slices of an open file, decoded one at a time.</summary>
internal sealed class DecodedSlices(int count, Func<int, DecodedImage> read, IDisposable? owner = null) : IDisposable
{
    public int Count => count;

    /// <summary>Where a slice lies in the patient, for formats that say so.</summary>
    public Func<int, CtSliceGeometry?> Geometry { get; init; } = static _ => null;

    public static DecodedSlices One(DecodedImage image) => new(1, _ => image);

    public DecodedImage Read(int index) => read(index);

    public void Dispose() => owner?.Dispose();
}
