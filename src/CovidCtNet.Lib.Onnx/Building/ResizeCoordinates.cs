namespace CovidCtNet.Lib.Onnx;

/// <summary>How <c>Resize</c> maps an output pixel to the input.</summary>
public enum ResizeCoordinates
{
    /// <summary>The corner pixels of input and output coincide: <c>x_in = x_out * (in - 1) / (out - 1)</c>.</summary>
    AlignCorners,

    /// <summary>The edges of the images coincide: <c>x_in = (x_out + 0.5) / scale - 0.5</c>.</summary>
    HalfPixel,
}
