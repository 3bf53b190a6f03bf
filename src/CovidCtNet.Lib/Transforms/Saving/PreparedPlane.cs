namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>
/// A plane [1, H, W] on its way from the mapping that makes it to the one that checks the stock ONNX step with it. Rows hand over the object,
/// so that a row that is not checked costs no copy; the next row of the same cursor fills it again.
/// </summary>
internal sealed class PreparedPlane(int length)
{
    public float[] Values { get; } = new float[length];
}
