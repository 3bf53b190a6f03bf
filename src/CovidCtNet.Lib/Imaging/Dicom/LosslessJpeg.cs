using System.Buffers.Binary;
using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>
/// Lossless JPEG with Huffman coding (ITU-T T.81, annex H; DICOM's process 14): one component of 2 to 16 bits, predictors 1 to 7, point
/// transform, restart intervals.
/// </summary>
internal sealed class LosslessJpeg
{
    private readonly ImageErrors _errors;
    private readonly LosslessTable?[] _tables = new LosslessTable?[4];
    private int _width;
    private int _height;
    private int _precision;
    private int _restartInterval;

    private LosslessJpeg(ImageErrors errors) => _errors = errors;

    /// <summary>Decodes one frame.</summary>
    /// <param name="file">From the start-of-image marker.</param>
    /// <param name="width">Columns that the frame must have.</param>
    /// <param name="height">Rows that the frame must have.</param>
    /// <param name="deadline">The time it may take.</param>
    /// <param name="errors">Makes the exceptions.</param>
    /// <returns>Values of the precision the frame names, row by row.</returns>
    public static ushort[] Decode(ReadOnlySpan<byte> file, int width, int height, Deadline deadline, ImageErrors errors)
        => new LosslessJpeg(errors).DecodeFrame(file, width, height, deadline);

    private ushort[] DecodeFrame(ReadOnlySpan<byte> file, int width, int height, Deadline deadline)
    {
        if (!file.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]))
        {
            throw _errors.Corrupt("its compressed pixel data are no JPEG");
        }

        var position = 2;
        while (true)
        {
            var marker = ReadMarker(file, ref position);
            if (marker is 0xD9)
            {
                throw _errors.Corrupt("its lossless JPEG ends before any image data");
            }

            var segment = ReadSegment(file, ref position);
            switch (marker)
            {
                case 0xC3:
                    ReadFrame(segment);
                    break;
                case 0xC4:
                    ReadTables(segment);
                    break;
                case 0xDD when segment.Length >= 2:
                    _restartInterval = BinaryPrimitives.ReadUInt16BigEndian(segment);
                    break;
                case 0xDA:
                    return ReadScan(segment, file[position..], width, height, deadline);
                case >= 0xC0 and <= 0xCF when marker is not (0xC8 or 0xCC):
                    throw _errors.Unsupported($"names a lossless JPEG and holds a frame of another process (marker {marker:X2})");
                default:
                    break;
            }
        }
    }

    private byte ReadMarker(ReadOnlySpan<byte> file, ref int position)
    {
        while (position < file.Length - 1 && file[position] == 0xFF && file[position + 1] == 0xFF)
        {
            position++;
        }

        if (position >= file.Length - 1)
        {
            throw _errors.Truncated("its lossless JPEG ends before its image data");
        }

        if (file[position] != 0xFF)
        {
            throw _errors.Corrupt("a marker is missing between the segments of its JPEG");
        }

        position += 2;
        return file[position - 1];
    }

    private ReadOnlySpan<byte> ReadSegment(ReadOnlySpan<byte> file, ref int position)
    {
        var length = file.Length - position < 2 ? 0 : BinaryPrimitives.ReadUInt16BigEndian(file[position..]);
        if (length < 2 || length > file.Length - position)
        {
            throw _errors.Truncated("a segment of its JPEG is longer than what is left");
        }

        var segment = file.Slice(position + 2, length - 2);
        position += length;
        return segment;
    }

    private void ReadFrame(ReadOnlySpan<byte> segment)
    {
        if (segment.Length < 9)
        {
            throw _errors.Corrupt("the frame header of its JPEG is too short");
        }

        (_precision, _height, _width) = (segment[0], BinaryPrimitives.ReadUInt16BigEndian(segment[1..]), BinaryPrimitives.ReadUInt16BigEndian(segment[3..]));
        if (segment[5] != 1)
        {
            throw _errors.Unsupported($"is a lossless JPEG of {segment[5]} components, and only gray ones are read");
        }

        if (_precision is < 2 or > 16)
        {
            throw _errors.Corrupt($"its lossless JPEG has {_precision} bits");
        }
    }

    private void ReadTables(ReadOnlySpan<byte> segment)
    {
        while (segment.Length >= 17)
        {
            var counts = segment.Slice(1, 16);
            var total = 0;
            foreach (var count in counts)
            {
                total += count;
            }

            if (segment[0] > 3 || segment.Length < 17 + total)
            {
                throw _errors.Corrupt("a Huffman table of its JPEG is damaged");
            }

            _tables[segment[0]] = LosslessTable.Create(counts, segment.Slice(17, total))
                ?? throw _errors.Corrupt("a Huffman table of its JPEG does not hold together");
            segment = segment[(17 + total)..];
        }
    }

    private ushort[] ReadScan(ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, int width, int height, Deadline deadline)
    {
        if ((_width, _height) != (width, height))
        {
            throw _errors.Corrupt($"its JPEG has {_width} x {_height} pixels, and its header says {width} x {height}");
        }

        if (header.Length < 6 || header[0] != 1 || header[2] >> 4 > 3 || _tables[header[2] >> 4] is not { } table)
        {
            throw _errors.Corrupt("the scan header of its JPEG is damaged");
        }

        var (predictor, shift) = (header[3], header[5] & 15);
        if (predictor is < 1 or > 7 || shift >= _precision)
        {
            throw _errors.Corrupt($"its JPEG names predictor {predictor} with point transform {shift}");
        }

        // No code is shorter than a bit.
        if (data.Length * 8L < (long)width * height)
        {
            throw _errors.Truncated("its lossless JPEG is too short for its pixels");
        }

        var pixels = new ushort[width * height];
        var bits = new LosslessBits(data);
        var initial = 1 << (_precision - shift - 1);
        var untilRestart = _restartInterval;
        var restarted = true;
        for (var y = 0; y < height; y++)
        {
            deadline.Check();
            var row = pixels.AsSpan(y * width, width);
            var above = y == 0 ? default : pixels.AsSpan((y - 1) * width, width);
            for (var x = 0; x < width; x++)
            {
                if (_restartInterval > 0 && untilRestart == 0)
                {
                    if (x != 0 || !bits.SkipRestart())
                    {
                        throw _errors.Corrupt("a restart marker of its JPEG is missing or within a row");
                    }

                    (untilRestart, restarted) = (_restartInterval, true);
                }

                var prediction = restarted
                    ? (x == 0 ? initial : row[x - 1])
                    : x == 0 ? above[0] : Predict(predictor, row[x - 1], above[x], above[x - 1]);
                row[x] = (ushort)(prediction + ReadDifference(ref bits, table));
                untilRestart--;
            }

            restarted = false;
        }

        if (shift > 0)
        {
            for (var i = 0; i < pixels.Length; i++)
            {
                pixels[i] = (ushort)(pixels[i] << shift);
            }
        }

        return pixels;
    }

    /// <summary>Table H.1: a is the sample to the left, b above, c above and left.</summary>
    private static int Predict(int predictor, int a, int b, int c) => predictor switch
    {
        1 => a,
        2 => b,
        3 => c,
        4 => a + b - c,
        5 => a + ((b - c) >> 1),
        6 => b + ((a - c) >> 1),
        _ => (a + b) >> 1,
    };

    private int ReadDifference(ref LosslessBits bits, LosslessTable table)
    {
        var category = table.Read(ref bits);
        if (category is < 0 or > 16)
        {
            throw _errors.Corrupt("its lossless JPEG holds a code that its table does not know");
        }

        // Category 16 stands for 32,768 with no further bits (H.1.2.2).
        var value = category is 0 ? 0 : category == 16 ? 32768 : Extend(bits.Read(category), category);
        return bits.Overrun ? throw _errors.Truncated("its lossless JPEG ends before its last pixel") : value;
    }

    private static int Extend(int value, int category) => value < 1 << (category - 1) ? value - (1 << category) + 1 : value;
}
