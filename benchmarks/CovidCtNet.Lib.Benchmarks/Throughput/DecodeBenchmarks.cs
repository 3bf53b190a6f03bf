using BenchmarkDotNet.Attributes;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Benchmarks.Throughput;

/// <summary>From the bytes of a file to the input of a network.</summary>
public class DecodeBenchmarks
{
    private readonly CtPreprocessing _preprocessing = new() { Width = 224, Height = 224 };
    private readonly float[] _plane = new float[224 * 224];
    private byte[] _png = [];
    private CtImage? _image;

    /// <summary>Side of the slice in pixels.</summary>
    [Params(320, 512)]
    public int Side { get; set; }

    /// <summary>Makes the file.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _image = CtPhantom.Create(1, new CtPhantomOptions { Width = Side, Height = Side }).Image;
        using var stream = new MemoryStream();
        _image.SavePng(stream);
        _png = stream.ToArray();
    }

    /// <summary>A PNG to pixels.</summary>
    [Benchmark]
    public CtImage DecodePng() => CtImage.Load(new MemoryStream(_png, writable: false));

    /// <summary>Pixels to 224 x 224.</summary>
    [Benchmark]
    public void Preprocess() => _preprocessing.Apply(_image!, _plane);

    /// <summary>A PNG to 224 x 224, with pooled pixels, as files are scored.</summary>
    [Benchmark]
    public void DecodeAndPreprocess()
    {
        using var loan = PixelArrays.Lend();
        _preprocessing.Apply(CtImage.Load(new MemoryStream(_png, writable: false)), _plane);
    }
}
