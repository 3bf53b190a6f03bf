namespace CovidCtNet.Lib.Transforms;

/// <summary>What an input column holds.</summary>
internal enum CtSliceSource
{
    /// <summary>Text: paths of image files.</summary>
    Path,

    /// <summary>Vectors of bytes: the content of image files.</summary>
    Bytes,

    /// <summary>ML.NET's pictures.</summary>
    Image,

    /// <summary>Slices, <see cref="CtSliceDataViewType"/>.</summary>
    Slice,

    /// <summary>Vectors of single-precision numbers: planes [1, H, W] that are preprocessed already.</summary>
    Plane,
}
