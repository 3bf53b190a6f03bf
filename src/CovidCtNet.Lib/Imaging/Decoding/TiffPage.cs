using BitMiracle.LibTiff.Classic;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>The layout of one page of a TIFF, checked.</summary>
internal sealed record TiffPage
{
    public required int Width { get; init; }

    public required int Height { get; init; }

    public required int Bits { get; init; }

    public required int Samples { get; init; }

    public required SampleFormat Format { get; init; }

    public required Photometric Photometric { get; init; }

    public required Compression Compression { get; init; }

    /// <summary>Whether colour lies by planes, not by pixels.</summary>
    public required bool IsPlanar { get; init; }

    /// <summary>Bytes of a row of one plane.</summary>
    public int RowBytes => Width * (IsPlanar ? 1 : Samples) * (Bits / 8);

    /// <summary>Bytes of the whole page; within an array's length because of the limit on pixels.</summary>
    public long FrameBytes => (long)RowBytes * Height * (IsPlanar ? Samples : 1);

    public static TiffPage Read(Func<TiffTag, int, int> number, CtImageLimits limits, ImageErrors errors)
    {
        var (width, height) = (number(TiffTag.IMAGEWIDTH, 0), number(TiffTag.IMAGELENGTH, 0));
        errors.CheckSize(width, height, limits);
        var bits = number(TiffTag.BITSPERSAMPLE, 1);
        var samples = number(TiffTag.SAMPLESPERPIXEL, 1);
        var format = (SampleFormat)number(TiffTag.SAMPLEFORMAT, (int)SampleFormat.UINT);
        var photometric = (Photometric)number(TiffTag.PHOTOMETRIC, (int)Photometric.MINISBLACK);
        var compression = (Compression)number(TiffTag.COMPRESSION, (int)Compression.NONE);
        var isGray = photometric is Photometric.MINISBLACK or Photometric.MINISWHITE && samples is 1 or 2;
        var isColor = photometric is Photometric.RGB && samples is 3 or 4 && bits is 8 or 16;
        var isPalette = photometric is Photometric.PALETTE && samples == 1 && bits == 8;
        var isYcc = photometric is Photometric.YCBCR && samples == 3 && bits == 8 && compression == Compression.JPEG;
        var isNumber = format switch
        {
            SampleFormat.UINT => bits is 8 or 16,
            SampleFormat.INT => bits is 16 or 32 && isGray && photometric == Photometric.MINISBLACK,
            SampleFormat.IEEEFP => bits is 32 or 64 && isGray && photometric == Photometric.MINISBLACK,
            _ => false,
        };
        if (!(isGray || isColor || isPalette || isYcc) || !isNumber || compression == Compression.OJPEG)
        {
            throw errors.Unsupported(
                $"is a TIFF of a kind that is not read ({samples} samples of {bits} bits, format {(int)format}, photometric {(int)photometric}, compression {(int)compression})",
                "Save it as gray of 8 or 16 bits, or as Hounsfield units in signed 16-bit or float");
        }

        var page = new TiffPage
        {
            Width = width,
            Height = height,
            Bits = bits,
            Samples = samples,
            Format = format,
            Photometric = photometric,
            Compression = compression,
            IsPlanar = samples > 1 && number(TiffTag.PLANARCONFIG, 1) == (int)PlanarConfig.SEPARATE,
        };
        return page.FrameBytes <= Array.MaxLength ? page : throw errors.TooMuch("has pages of more bytes than an array holds", nameof(CtImageLimits.MaximumPixels));
    }
}
