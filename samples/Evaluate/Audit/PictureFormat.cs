namespace CovidCtNet.Samples.Evaluate.Audit;

/// <summary>The colour mode of a file by its first bytes, without decoding it.</summary>
internal static class PictureFormat
{
    private const int PngHeaderLength = 26;

    public static string Describe(string path)
    {
        Span<byte> head = stackalloc byte[PngHeaderLength];
        using FileStream stream = File.OpenRead(path);
        int read = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);

        // PNG (ISO/IEC 15948): signature, then the IHDR chunk with bit depth and colour type at bytes 24 and 25.
        if (read == PngHeaderLength && head.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G']))
        {
            return $"png depth {head[24]} colour {head[25]}";
        }

        return head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) ? "jpeg" : Path.GetExtension(path).ToUpperInvariant();
    }
}
