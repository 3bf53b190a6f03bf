using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>One slice in every form that a column can have.</summary>
public sealed class SliceRow
{
    public int Id { get; set; }

    public bool Label { get; set; }

    public string Path { get; set; } = string.Empty;

    public byte[] Bytes { get; set; } = [];

    [ImageType(2, 3)]
    public MLImage? Image { get; set; }

    [CtSliceType]
    public CtImage? Slice { get; set; }

    [VectorType(16)]
    public float[] Plane { get; set; } = new float[16];
}
