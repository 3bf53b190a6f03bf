using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>Builds a data set in explicit VR little endian, its elements in the order of their tags.</summary>
internal sealed class DicomWriter
{
    private readonly SortedDictionary<DicomTag, (string Vr, byte[] Value)> _elements = [];

    /// <summary>A text; what is not ASCII becomes '?', so that no character set need be named.</summary>
    public DicomWriter Text(ushort group, ushort element, string vr, string value, int maximum = 64)
    {
        var text = value.Length > maximum ? value[..maximum] : value;
        return Bytes(group, element, vr, Encoding.ASCII.GetBytes(text));
    }

    /// <summary>A value as it is, padded to an even length.</summary>
    public DicomWriter Bytes(ushort group, ushort element, string vr, ReadOnlySpan<byte> value)
    {
        var padded = new byte[(value.Length + 1) & ~1];
        value.CopyTo(padded);
        if (padded.Length != value.Length)
        {
            padded[^1] = vr is "UI" or "OB" ? (byte)0 : (byte)' ';
        }

        _elements[new DicomTag(group, element)] = (vr, padded);
        return this;
    }

    public DicomWriter Words(ushort group, ushort element, params ReadOnlySpan<ushort> values)
    {
        var bytes = new byte[values.Length * 2];
        for (var i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2 * i), values[i]);
        }

        return Bytes(group, element, "US", bytes);
    }

    public DicomWriter Sequence(ushort group, ushort element, params IEnumerable<DicomWriter> items)
    {
        using var nested = new MemoryStream();
        foreach (var item in items)
        {
            var content = item.ToArray();
            Span<byte> header = [0xFE, 0xFF, 0x00, 0xE0, 0, 0, 0, 0];
            BinaryPrimitives.WriteInt32LittleEndian(header[4..], content.Length);
            nested.Write(header);
            nested.Write(content);
        }

        _elements[new DicomTag(group, element)] = ("SQ", nested.ToArray());
        return this;
    }

    /// <summary>Copies a value from a file, or writes an empty one.</summary>
    public DicomWriter Copy(DicomTag tag, string vr, DicomDataset? source)
        => Bytes(tag.Group, tag.Element, vr, source is null ? default : source.Bytes(tag).TrimEnd((byte)0));

    /// <summary>The items below a content item, as they were written.</summary>
    public byte[] ChildBytes() => _elements[new DicomTag(0x0040, 0xA730)].Value;

    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        WriteTo(stream);
        return stream.ToArray();
    }

    /// <summary>Writes a Part 10 file. The set must hold its SOP class and instance UID.</summary>
    public void WriteFile(Stream stream)
    {
        var meta = new DicomWriter()
            .Bytes(0x0002, 0x0001, "OB", [0, 1])
            .Bytes(0x0002, 0x0002, "UI", _elements[DicomTag.SopClassUid].Value)
            .Bytes(0x0002, 0x0003, "UI", _elements[DicomTag.SopInstanceUid].Value)
            .Text(0x0002, 0x0010, "UI", DicomTransferSyntax.ExplicitLittleEndianUid)
            .Text(0x0002, 0x0012, "UI", DicomUid.Implementation)
            .Text(0x0002, 0x0013, "SH", "COVIDCTNET")
            .ToArray();
        stream.Write(new byte[128]);
        stream.Write("DICM"u8);
        var length = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, meta.Length);
        stream.Write(new DicomWriter().Bytes(0x0002, 0x0000, "UL", length).ToArray());
        stream.Write(meta);
        WriteTo(stream);
    }

    /// <summary>A decimal string of at most 16 characters.</summary>
    public static string Decimal(double value)
    {
        var text = value.ToString("R", CultureInfo.InvariantCulture);
        return text.Length <= 16 ? text : value.ToString("G9", CultureInfo.InvariantCulture);
    }

    private void WriteTo(Stream stream)
    {
        Span<byte> header = stackalloc byte[12];
        foreach (var (tag, (vr, value)) in _elements)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(header, tag.Group);
            BinaryPrimitives.WriteUInt16LittleEndian(header[2..], tag.Element);
            header[4] = (byte)vr[0];
            header[5] = (byte)vr[1];
            if (DicomVr.HasShortLength(header[4], header[5]))
            {
                BinaryPrimitives.WriteUInt16LittleEndian(header[6..], checked((ushort)value.Length));
                stream.Write(header[..8]);
            }
            else
            {
                header[6..8].Clear();
                BinaryPrimitives.WriteInt32LittleEndian(header[8..], value.Length);
                stream.Write(header);
            }

            stream.Write(value);
        }
    }
}
