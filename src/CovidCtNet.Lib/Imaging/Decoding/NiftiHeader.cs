using System.Buffers.Binary;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>The header of a NIfTI-1 or NIfTI-2 volume, checked against the data that are there.</summary>
internal sealed record NiftiHeader
{
    private const int Length1 = 348;
    private const int Length2 = 540;

    public required bool BigEndian { get; init; }

    /// <summary>Voxels along the three axes of the file.</summary>
    public required long[] Size { get; init; }

    public required int DataType { get; init; }

    public required long DataOffset { get; init; }

    public required double Slope { get; init; }

    public required double Intercept { get; init; }

    /// <summary>Three rows of four: voxel indices to NIfTI's coordinates in mm (x to the right, y to the front, z to the head); null if the file does not say.</summary>
    public required double[]? Affine { get; init; }

    public int BytesPerVoxel => DataType switch
    {
        2 or 256 => 1,
        4 or 512 => 2,
        8 or 768 or 16 => 4,
        64 or 1024 or 1280 => 8,
        _ => 0,
    };

    /// <summary>0 if the bytes are no NIfTI header, else 1 or 2.</summary>
    public static int VersionOf(ReadOnlySpan<byte> file)
    {
        if (file.Length < Length1)
        {
            return 0;
        }

        var length = BinaryPrimitives.ReadInt32LittleEndian(file);
        var swapped = BinaryPrimitives.ReverseEndianness(length);
        if ((length == Length1 || swapped == Length1) && file[347] == 0 && (file.Slice(344, 3).SequenceEqual("n+1"u8) || file.Slice(344, 3).SequenceEqual("ni1"u8)))
        {
            return 1;
        }

        return (length == Length2 || swapped == Length2) && file.Slice(4, 8).SequenceEqual("n+2\0\r\n\x1a\n"u8) ? 2 : 0;
    }

    public static NiftiHeader Read(ReadOnlySpan<byte> file, ImageErrors errors)
    {
        var version = VersionOf(file);
        if (version == 1 && file[345] == 'i')
        {
            throw errors.Unsupported("is the header of a NIfTI pair (.hdr and .img)", "Save the volume as one .nii or .nii.gz file");
        }

        if (version == 2 && file.Length < Length2)
        {
            throw errors.Truncated("it ends within its header");
        }

        var bigEndian = BinaryPrimitives.ReadInt32LittleEndian(file) is not (Length1 or Length2);
        var fields = new NiftiFields(file, bigEndian);
        return version == 1 ? ReadFirst(fields, bigEndian, errors) : ReadSecond(fields, bigEndian, errors);
    }

    private static NiftiHeader ReadFirst(NiftiFields fields, bool bigEndian, ImageErrors errors)
    {
        var dimensions = Enumerable.Range(0, 8).Select(i => 40 + (2 * i)).ToArray();
        var size = new long[8];
        for (var i = 0; i < 8; i++)
        {
            size[i] = fields.Int16(dimensions[i]);
        }

        var pixel = new double[8];
        for (var i = 0; i < 8; i++)
        {
            pixel[i] = fields.Single(76 + (4 * i));
        }

        double[]? affine = null;
        if (fields.Int16(254) > 0)
        {
            affine = new double[12];
            for (var i = 0; i < 12; i++)
            {
                affine[i] = fields.Single(280 + (4 * i));
            }
        }
        else if (fields.Int16(252) > 0)
        {
            affine = NiftiAffine.FromQuaternion(
                fields.Single(256), fields.Single(260), fields.Single(264),
                fields.Single(268), fields.Single(272), fields.Single(276), pixel);
        }

        return Check(size, fields.Int16(70), fields.Single(108), fields.Single(112), fields.Single(116), affine, bigEndian, errors);
    }

    private static NiftiHeader ReadSecond(NiftiFields fields, bool bigEndian, ImageErrors errors)
    {
        var size = new long[8];
        var pixel = new double[8];
        for (var i = 0; i < 8; i++)
        {
            size[i] = fields.Int64(16 + (8 * i));
            pixel[i] = fields.Double(104 + (8 * i));
        }

        double[]? affine = null;
        if (fields.Int32(348) > 0)
        {
            affine = new double[12];
            for (var i = 0; i < 12; i++)
            {
                affine[i] = fields.Double(400 + (8 * i));
            }
        }
        else if (fields.Int32(344) > 0)
        {
            affine = NiftiAffine.FromQuaternion(
                fields.Double(352), fields.Double(360), fields.Double(368),
                fields.Double(376), fields.Double(384), fields.Double(392), pixel);
        }

        return Check(size, fields.Int16(12), fields.Int64(168), fields.Double(176), fields.Double(184), affine, bigEndian, errors);
    }

    private static NiftiHeader Check(
        long[] size, int dataType, double offset, double slope, double intercept, double[]? affine, bool bigEndian, ImageErrors errors)
    {
        if (size[0] is < 2 or > 7 || size[1] < 1 || size[2] < 1 || (size[0] >= 3 && size[3] < 1))
        {
            throw errors.Corrupt("its NIfTI header gives no size");
        }

        for (var i = 4; i <= size[0]; i++)
        {
            if (size[i] > 1)
            {
                throw errors.Unsupported("is a NIfTI file of several volumes", "Save one volume to a file of its own");
            }
        }

        // A slope of 0 means that there is none (nifti1.h).
        if (slope == 0 || double.IsNaN(slope))
        {
            (slope, intercept) = (1, 0);
        }

        if (!double.IsFinite(slope) || !double.IsFinite(intercept) || !(offset is >= 0 and < long.MaxValue / 2))
        {
            throw errors.Corrupt("its NIfTI header holds scaling or an offset that is no usable number");
        }

        return new NiftiHeader
        {
            BigEndian = bigEndian,
            Size = [size[1], size[2], size[0] >= 3 ? size[3] : 1],
            DataType = dataType,
            DataOffset = (long)offset,
            Slope = slope,
            Intercept = intercept,
            Affine = affine is not null && Array.TrueForAll(affine, double.IsFinite) ? affine : null,
        };
    }
}
