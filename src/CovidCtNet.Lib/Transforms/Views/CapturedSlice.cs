using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>What a row gives, before anything costly is done with it: a path, the bytes of a file, or a slice.</summary>
internal readonly record struct CapturedSlice(object Content)
{
    /// <summary>A name for messages.</summary>
    public string? Name => Content as string ?? (Content as CtImage)?.SourceName;

    /// <summary>Reads and decodes. May run on any thread.</summary>
    /// <exception cref="CtImageException">The file is no picture that can be read.</exception>
    public CtImage Open(CtImageLimits limits) => Content switch
    {
        string path => CtImage.Load(path, limits),
        byte[] bytes => CtImage.Load(new MemoryStream(bytes, writable: false), limits),
        _ => (CtImage)Content,
    };

    /// <summary>Reads, decodes and preprocesses, with pooled memory for the pixels. May run on any thread.</summary>
    /// <returns>The name of the slice, for messages.</returns>
    /// <exception cref="CtImageException">The file is no picture that can be read.</exception>
    public string? Preprocess(CtImageLimits limits, CtPreprocessing preprocessing, Span<float> plane)
    {
        using var loan = PixelArrays.Lend();
        var slice = Open(limits);
        preprocessing.Apply(slice, plane);
        return slice.SourceName;
    }
}
