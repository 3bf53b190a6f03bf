using System.Buffers.Binary;
using System.IO.Compression;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>
/// Reads NIfTI volumes, plain or in gzip, as axial slices: columns run to the patient's left, rows to the back, slices from feet to head,
/// whatever the order of the axes in the file.
/// </summary>
internal sealed class NiftiDecoder
{
    private readonly byte[] _data;
    private readonly NiftiHeader _header;
    private readonly ImageErrors _errors;

    // For columns, rows and slices: the axis of the file, and whether it runs the other way.
    private readonly int[] _axis;
    private readonly bool[] _flip;

    private NiftiDecoder(byte[] data, NiftiHeader header, int[] axis, bool[] flip, ImageErrors errors)
    {
        (_data, _header, _axis, _flip, _errors) = (data, header, axis, flip, errors);
        Width = (int)header.Size[axis[0]];
        Height = (int)header.Size[axis[1]];
    }

    private int Width { get; }

    private int Height { get; }

    public static bool IsNifti(ReadOnlySpan<byte> file) => NiftiHeader.VersionOf(file) != 0;

    public static bool IsGzip(ReadOnlySpan<byte> file) => file is [0x1F, 0x8B, ..];

    public static DecodedSlices Open(byte[] data, int length, CtImageLimits limits, ImageErrors errors)
    {
        if (IsGzip(data.AsSpan(0, length)))
        {
            using var source = new MemoryStream(data, 0, length, writable: false);
            using var gzip = new GZipStream(source, CompressionMode.Decompress);
            var packed = data.AsSpan(0, length);
            data = Unpacking.ReadAll(gzip, limits, errors);
            length = data.Length;
            CheckGzipEnd(packed, length, errors);
            if (!IsNifti(data))
            {
                throw errors.Unsupported("is a gzip file of something that is no NIfTI volume", "Unpack it first");
            }
        }

        var header = NiftiHeader.Read(data.AsSpan(0, length), errors);
        var (axis, flip) = Orient(header, errors);
        Check(header, axis, length, limits, errors);
        var decoder = new NiftiDecoder(data, header, axis, flip, errors);
        return new DecodedSlices((int)header.Size[axis[2]], decoder.Read) { Geometry = decoder.Geometry };
    }

    /// <summary>GZipStream takes a file that is cut within its data for a short one: the length at the end tells.</summary>
    private static void CheckGzipEnd(ReadOnlySpan<byte> packed, int length, ImageErrors errors)
    {
        if (packed.Length < 18 || BinaryPrimitives.ReadUInt32LittleEndian(packed[^4..]) != (uint)length)
        {
            throw errors.Truncated("its gzip data end early");
        }
    }

    private static (int[] Axis, bool[] Flip) Orient(NiftiHeader header, ImageErrors errors)
    {
        if (header.Affine is not { } affine)
        {
            throw errors.Unsupported("is a NIfTI volume without an orientation (qform and sform are 0)", "Save it with its qform or sform");
        }

        CtVector[] directions = [NiftiAffine.Axis(affine, 0), NiftiAffine.Axis(affine, 1), NiftiAffine.Axis(affine, 2)];
        if (Array.Exists(directions, d => !(d.Length is > 1e-9 and < 1e6)))
        {
            throw errors.Corrupt("its orientation has an axis without a length");
        }

        directions = Array.ConvertAll(directions, d => d.Times(1 / d.Length));
        var slices = Best(directions, [0, 1, 2], d => d.Z);
        var columns = Best(directions, [.. Enumerable.Range(0, 3).Where(i => i != slices)], d => d.X);
        var rows = 3 - slices - columns;
        if (Math.Abs(directions[slices].Z) < 0.9)
        {
            throw errors.Unsupported("is an oblique volume, no axis of which runs along the body", "Resample it to axial slices");
        }

        return ([columns, rows, slices], [directions[columns].X < 0, directions[rows].Y < 0, directions[slices].Z < 0]);
    }

    private static int Best(CtVector[] directions, int[] candidates, Func<CtVector, double> component)
        => candidates.MaxBy(i => Math.Abs(component(directions[i])));

    private static void Check(NiftiHeader header, int[] axis, int length, CtImageLimits limits, ImageErrors errors)
    {
        if (header.BytesPerVoxel == 0)
        {
            throw errors.Unsupported($"is a NIfTI volume of data type {header.DataType}, which is not read", "Save it as 16-bit integers or 32-bit floats");
        }

        errors.CheckSize(header.Size[axis[0]], header.Size[axis[1]], limits);
        if (header.Size[axis[2]] > limits.MaximumSlices)
        {
            throw errors.TooMuch($"has {header.Size[axis[2]]} slices, the limit is {limits.MaximumSlices}", nameof(CtImageLimits.MaximumSlices));
        }

        var needed = header.Size[axis[0]] * header.Size[axis[1]] * header.Size[axis[2]] * header.BytesPerVoxel;
        if (header.DataOffset > length || needed > length - header.DataOffset)
        {
            throw errors.Truncated($"its header calls for {needed} bytes of voxels, and {Math.Max(0, length - header.DataOffset)} are there");
        }
    }

    private DecodedImage Read(int slice)
    {
        long[] strides = [1, _header.Size[0], _header.Size[0] * _header.Size[1]];
        var pixels = new float[Width * Height];
        var at = Index(2, slice) * strides[_axis[2]];
        for (var y = 0; y < Height; y++)
        {
            var row = at + (Index(1, y) * strides[_axis[1]]);
            for (var x = 0; x < Width; x++)
            {
                var value = (float)((Voxel(row + (Index(0, x) * strides[_axis[0]])) * _header.Slope) + _header.Intercept);
                pixels[(y * Width) + x] = float.IsFinite(value) ? value : throw _errors.Corrupt("it holds a voxel that is NaN or infinite");
            }
        }

        // Unscaled bytes cannot hold Hounsfield units: such a volume was windowed by whoever made it.
        var kind = _header is { DataType: 2, Slope: 1, Intercept: 0 } ? CtValueKind.Gray8 : CtValueKind.Hounsfield;
        return new DecodedImage(pixels, Width, Height, kind);
    }

    private long Index(int role, int index) => _flip[role] ? _header.Size[_axis[role]] - 1 - index : index;

    private double Voxel(long index)
    {
        var bytes = _data.AsSpan((int)(_header.DataOffset + (index * _header.BytesPerVoxel)));
        var big = _header.BigEndian;
        return _header.DataType switch
        {
            2 => bytes[0],
            256 => (sbyte)bytes[0],
            4 => big ? BinaryPrimitives.ReadInt16BigEndian(bytes) : BinaryPrimitives.ReadInt16LittleEndian(bytes),
            512 => big ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            8 => big ? BinaryPrimitives.ReadInt32BigEndian(bytes) : BinaryPrimitives.ReadInt32LittleEndian(bytes),
            768 => big ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            16 => big ? BinaryPrimitives.ReadSingleBigEndian(bytes) : BinaryPrimitives.ReadSingleLittleEndian(bytes),
            64 => big ? BinaryPrimitives.ReadDoubleBigEndian(bytes) : BinaryPrimitives.ReadDoubleLittleEndian(bytes),
            1024 => big ? BinaryPrimitives.ReadInt64BigEndian(bytes) : BinaryPrimitives.ReadInt64LittleEndian(bytes),
            _ => big ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        };
    }

    /// <summary>Where the first pixel of a slice lies, and how the slice is turned.</summary>
    private CtSliceGeometry? Geometry(int slice)
    {
        var affine = _header.Affine!;
        var position = new CtVector(-affine[3], -affine[7], affine[11]);
        for (var role = 0; role < 3; role++)
        {
            position = position.Plus(NiftiAffine.Axis(affine, _axis[role]).Times(Index(role, role == 2 ? slice : 0)));
        }

        var column = NiftiAffine.Axis(affine, _axis[0]);
        var row = NiftiAffine.Axis(affine, _axis[1]);
        return new CtSliceGeometry
        {
            Position = position,
            Row = column.Times((_flip[0] ? -1 : 1) / column.Length),
            Column = row.Times((_flip[1] ? -1 : 1) / row.Length),
            ColumnSpacing = column.Length,
            RowSpacing = row.Length,
            Thickness = NiftiAffine.Axis(affine, _axis[2]).Length,
        };
    }
}
