using BitMiracle.LibTiff.Classic;
using SkiaSharp;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>
/// Reads TIFF through LibTiff.NET: gray of 8, 16 and 32 bits, whole numbers and floats, RGB and palettes, strips and tiles, every
/// compression of that library but old-style JPEG; every page.
/// </summary>
internal sealed class TiffDecoder : IDisposable
{
    // No compression of TIFF packs more bytes into one: LZW ends at 2,700, Deflate at 1,032.
    private const int MaximumRatio = 4096;

    private readonly Tiff _tiff;
    private readonly TiffBytes _stream;
    private readonly List<short> _pages = [];
    private readonly CtImageLimits _limits;
    private readonly ImageErrors _errors;

    private TiffDecoder(Tiff tiff, TiffBytes stream, CtImageLimits limits, ImageErrors errors)
        => (_tiff, _stream, _limits, _errors) = (tiff, stream, limits, errors);

    public static bool IsTiff(ReadOnlySpan<byte> file) => file.StartsWith("II*\0"u8) || file.StartsWith("MM\0*"u8) || file.StartsWith("II+\0"u8) || file.StartsWith("MM\0+"u8);

    public static DecodedSlices Open(byte[] data, int length, CtImageLimits limits, ImageErrors errors)
    {
        TiffStructure.Check(data.AsSpan(0, length), limits, errors);
        TiffQuiet.Install();
        var stream = new TiffBytes(data, length, new Deadline(limits, errors));
        var decoder = Guard(
            () => Tiff.ClientOpen("image", "r", TiffQuiet.Marker, stream) is { } tiff ? new TiffDecoder(tiff, stream, limits, errors) : null,
            errors) ?? throw errors.Corrupt("its TIFF header or first directory cannot be read");
        try
        {
            Guard(decoder.FindPages, errors);
            return new DecodedSlices(decoder._pages.Count, index => Guard(() => decoder.Read(index), errors), decoder);
        }
        catch
        {
            decoder.Dispose();
            throw;
        }
    }

    public void Dispose() => _tiff.Dispose();

    /// <summary>What LibTiff.NET throws for damaged files is no part of its contract: all of it means damage here.</summary>
    private static T Guard<T>(Func<T> read, ImageErrors errors)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is not CtImageException and not OutOfMemoryException)
        {
            throw errors.Corrupt("its TIFF data cannot be decoded", e);
        }
    }

    private bool FindPages()
    {
        short directory = 0;
        while (true)
        {
            // Reduced copies (thumbnails) are marked by bit 0 of NewSubfileType.
            if ((Number(TiffTag.SUBFILETYPE, 0) & 1) == 0)
            {
                _pages.Add(directory);
            }

            if (_pages.Count > _limits.MaximumSlices || directory == short.MaxValue)
            {
                throw _errors.TooMuch($"has more than {_limits.MaximumSlices} pages, the limit", nameof(CtImageLimits.MaximumSlices));
            }

            if (_tiff.LastDirectory())
            {
                return _pages.Count > 0 ? true : throw _errors.Corrupt("it has no page that is not marked as a reduced copy");
            }

            if (!_tiff.ReadDirectory())
            {
                throw _errors.Truncated($"page {directory + 2} cannot be read");
            }

            directory++;
        }
    }

    private DecodedImage Read(int index)
    {
        if (!_tiff.SetDirectory(_pages[index]))
        {
            throw _errors.Corrupt($"page {index + 1} cannot be read");
        }

        var format = TiffPage.Read(Number, _limits, _errors);
        if (format.Compression == Compression.JPEG && format.Photometric == Photometric.YCBCR)
        {
            _tiff.SetField(TiffTag.JPEGCOLORMODE, JpegColorMode.RGB);
            format = format with { Photometric = Photometric.RGB };
        }

        CheckData(format);
        var samples = _tiff.IsTiled() ? ReadTiles(format) : ReadStrips(format);
        var palette = format.Photometric == Photometric.PALETTE ? _tiff.GetField(TiffTag.COLORMAP) : null;
        var decoded = new TiffConverter(format, samples, palette, _errors).ToGray();
        return ImageOrientation.MakeUpright(decoded, (SKEncodedOrigin)Math.Clamp(Number(TiffTag.ORIENTATION, 1), 1, 8));
    }

    private int Number(TiffTag tag, int fallback)
        => _tiff.GetField(tag) is [var value, ..] ? value.ToInt() : fallback;

    private void CheckData(TiffPage format)
    {
        var tiled = _tiff.IsTiled();
        var offsets = _tiff.GetField(tiled ? TiffTag.TILEOFFSETS : TiffTag.STRIPOFFSETS);
        var counts = _tiff.GetField(tiled ? TiffTag.TILEBYTECOUNTS : TiffTag.STRIPBYTECOUNTS);
        if (offsets?[0].Value is not Array starts || counts?[0].Value is not Array lengths || starts.Length != lengths.Length || starts.Length == 0)
        {
            throw _errors.Corrupt("a page does not say where its pixels are");
        }

        var total = 0L;
        for (var i = 0; i < starts.Length; i++)
        {
            var (start, length) = (Convert.ToInt64(starts.GetValue(i), null), Convert.ToInt64(lengths.GetValue(i), null));
            if (start < 0 || length < 0 || start + length > _stream.Length)
            {
                throw _errors.Truncated("its pixels lie beyond the end of the file");
            }

            total += length;
        }

        if (format.FrameBytes > total * (format.Compression == Compression.NONE ? 1 : MaximumRatio))
        {
            throw _errors.Truncated("it holds too little data for its size in pixels");
        }
    }

    private byte[] ReadStrips(TiffPage format)
    {
        var rows = Math.Clamp(Number(TiffTag.ROWSPERSTRIP, format.Height), 1, format.Height);
        var planes = format.IsPlanar ? format.Samples : 1;
        var stripsPerPlane = ((format.Height - 1) / rows) + 1;
        var all = new byte[format.FrameBytes];
        var rowBytes = format.RowBytes;
        for (var strip = 0; strip < stripsPerPlane * planes; strip++)
        {
            _stream.Deadline.Check();
            var first = strip % stripsPerPlane * rows;
            var wanted = Math.Min(rows, format.Height - first) * rowBytes;
            var at = (strip / stripsPerPlane * format.Height * rowBytes) + (first * rowBytes);
            if (_tiff.ReadEncodedStrip(strip, all, at, wanted) != wanted)
            {
                throw _errors.Corrupt("a strip of its pixels cannot be unpacked");
            }
        }

        return all;
    }

    private byte[] ReadTiles(TiffPage format)
    {
        var (tileWidth, tileHeight) = (Number(TiffTag.TILEWIDTH, 0), Number(TiffTag.TILELENGTH, 0));
        if (tileWidth < 1 || tileHeight < 1 || (long)tileWidth * tileHeight > Math.Max(_limits.MaximumPixels, 1))
        {
            throw _errors.Corrupt($"its tiles have a size of {tileWidth} x {tileHeight} pixels");
        }

        var pixelBytes = format.RowBytes / format.Width;
        var tile = new byte[tileWidth * tileHeight * (long)pixelBytes];
        if (_tiff.TileSize() != tile.Length)
        {
            throw _errors.Corrupt("the size of its tiles does not fit its pixels");
        }

        var all = new byte[format.FrameBytes];
        for (short plane = 0; plane < (format.IsPlanar ? format.Samples : 1); plane++)
        {
            for (var y = 0; y < format.Height; y += tileHeight)
            {
                _stream.Deadline.Check();
                for (var x = 0; x < format.Width; x += tileWidth)
                {
                    if (_tiff.ReadEncodedTile(_tiff.ComputeTile(x, y, 0, plane), tile, 0, tile.Length) != tile.Length)
                    {
                        throw _errors.Corrupt("a tile of its pixels cannot be unpacked");
                    }

                    var bytes = Math.Min(tileWidth, format.Width - x) * pixelBytes;
                    for (var row = 0; row < Math.Min(tileHeight, format.Height - y); row++)
                    {
                        var at = (plane * format.Height * format.RowBytes) + ((y + row) * format.RowBytes) + (x * pixelBytes);
                        tile.AsSpan(row * tileWidth * pixelBytes, bytes).CopyTo(all.AsSpan(at));
                    }
                }
            }
        }

        return all;
    }
}
