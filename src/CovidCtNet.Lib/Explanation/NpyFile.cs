using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;

namespace CovidCtNet.Lib.Explanation;

/// <summary>
/// Maps as NumPy's <c>.npy</c> files (NumPy Enhancement Proposal 1): written as little-endian float32 in C order, version 1.0; read from
/// float32, float64, uint8 and bool in either order.
/// </summary>
public static partial class NpyFile
{
    private const int MaximumHeader = 1 << 16;
    private const long MaximumElements = 1L << 28;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Writes a map; the file appears under its name once it is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="values">Values, row by row.</param>
    /// <param name="rows">Rows, at least 1.</param>
    /// <param name="columns">Columns, at least 1.</param>
    /// <exception cref="ArgumentException">The number of values is wrong.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, ReadOnlySpan<float> values, int rows, int columns)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if ((long)rows * columns != values.Length)
        {
            throw new ArgumentException($"{values.Length} values were given for {rows} x {columns}.", nameof(values));
        }

        var header = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");

        // The data begin at a multiple of 64 bytes; the header ends with a line feed.
        var length = ((10 + header.Length + 1 + 63) / 64 * 64) - 10;
        var bytes = new byte[10 + length + (values.Length * sizeof(float))];
        Magic.CopyTo(bytes);
        bytes[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(8), (ushort)length);
        Encoding.ASCII.GetBytes(header.PadRight(length - 1) + "\n", bytes.AsSpan(10));
        var data = bytes.AsSpan(10 + length);
        if (BitConverter.IsLittleEndian)
        {
            MemoryMarshal.AsBytes(values).CopyTo(data);
        }
        else
        {
            for (var i = 0; i < values.Length; i++)
            {
                BinaryPrimitives.WriteSingleLittleEndian(data[(i * sizeof(float))..], values[i]);
            }
        }

        AtomicFile.Write(path, stream => stream.Write(bytes));
    }

    /// <summary>Reads a two-dimensional array.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="ExplanationException">The file is no <c>.npy</c> file, is cut, or holds something else than a two-dimensional array of a type above.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static NpyArray Read(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var start = new byte[12];
        if (stream.ReadAtLeast(start.AsSpan(0, 10), 10, throwOnEndOfStream: false) < 10 || !start.AsSpan(0, 6).SequenceEqual(Magic))
        {
            throw Broken(path, "is no .npy file");
        }

        long length = BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8));
        if (start[6] is 2 or 3)
        {
            length = stream.ReadAtLeast(start.AsSpan(10, 2), 2, throwOnEndOfStream: false) < 2 ? -1 : BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        }
        else if (start[6] != 1)
        {
            throw Broken(path, $"has the unknown format version {start[6]}");
        }

        if (length is < 1 or > MaximumHeader)
        {
            throw Broken(path, "has a header of an impossible length");
        }

        var text = Encoding.Latin1.GetString(ReadExactly(stream, (int)length, path));
        var type = TypePattern().Match(text);
        var shape = ShapePattern().Match(text);
        var order = OrderPattern().Match(text);
        if (!type.Success || !order.Success || !shape.Success
            || !int.TryParse(shape.Groups[1].ValueSpan, CultureInfo.InvariantCulture, out var rows)
            || !int.TryParse(shape.Groups[2].ValueSpan, CultureInfo.InvariantCulture, out var columns)
            || rows < 1 || columns < 1 || (long)rows * columns > MaximumElements)
        {
            throw Broken(path, "does not hold a two-dimensional array of a usual size");
        }

        var values = Decode(stream, type.Groups[1].Value, rows * columns, path);
        return new NpyArray(rows, columns, order.Groups[1].Value == "True" ? Transpose(values, rows, columns) : values);
    }

    private static float[] Decode(Stream stream, string type, int count, string path)
    {
        var values = new float[count];
        switch (type)
        {
            case "<f4":
                var singles = ReadExactly(stream, count * sizeof(float), path);
                for (var i = 0; i < count; i++)
                {
                    values[i] = BinaryPrimitives.ReadSingleLittleEndian(singles.AsSpan(i * sizeof(float)));
                }

                break;
            case "<f8":
                var doubles = ReadExactly(stream, checked(count * sizeof(double)), path);
                for (var i = 0; i < count; i++)
                {
                    values[i] = (float)BinaryPrimitives.ReadDoubleLittleEndian(doubles.AsSpan(i * sizeof(double)));
                }

                break;
            case "|u1" or "|b1":
                var bytes = ReadExactly(stream, count, path);
                for (var i = 0; i < count; i++)
                {
                    values[i] = bytes[i];
                }

                break;
            default:
                throw Broken(path, $"holds values of type {type}");
        }

        return values;
    }

    private static byte[] ReadExactly(Stream stream, int count, string path)
    {
        // Room for data is made only once the file is known to have them.
        if (stream.Length - stream.Position < count)
        {
            throw Broken(path, "ends before its data do");
        }

        var bytes = new byte[count];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static float[] Transpose(float[] values, int rows, int columns)
    {
        var transposed = new float[values.Length];
        for (var i = 0; i < values.Length; i++)
        {
            transposed[((i % rows) * columns) + (i / rows)] = values[i];
        }

        return transposed;
    }

    private static ExplanationException Broken(string path, string what) =>
        new($"{path} {what}. Save a two-dimensional float32, float64, uint8 or bool array with numpy.save.");

    [GeneratedRegex(@"'descr'\s*:\s*'([^']*)'")]
    private static partial Regex TypePattern();

    [GeneratedRegex(@"'fortran_order'\s*:\s*(True|False)")]
    private static partial Regex OrderPattern();

    [GeneratedRegex(@"'shape'\s*:\s*\(\s*(\d+)\s*,\s*(\d+)\s*,?\s*\)")]
    private static partial Regex ShapePattern();
}
