using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>The attributes of a file or of an item, and what their bytes mean.</summary>
internal sealed class DicomDataset(byte[] data, bool bigEndian)
{
    private readonly Dictionary<DicomTag, DicomElement> _elements = [];

    public byte[] Data => data;

    public bool BigEndian => bigEndian;

    /// <summary>Keeps the first of two elements with one tag.</summary>
    public void Add(DicomElement element) => _elements.TryAdd(element.Tag, element);

    public DicomElement? Find(DicomTag tag) => _elements.GetValueOrDefault(tag);

    public ReadOnlySpan<byte> Bytes(DicomTag tag) => Find(tag) is { } e ? data.AsSpan(e.Start, e.Length) : default;

    /// <summary>A text of the default repertoire without its padding; null if absent or empty.</summary>
    public string? Text(DicomTag tag)
    {
        var text = Encoding.Latin1.GetString(Bytes(tag)).Trim('\0', ' ');
        return text.Length == 0 ? null : text;
    }

    public string[] Texts(DicomTag tag) => Text(tag)?.Split('\\').Select(t => t.Trim('\0', ' ')).ToArray() ?? [];

    /// <summary>The finite numbers of a decimal or integer string, or of a binary representation; empty if one is none.</summary>
    public double[] Numbers(DicomTag tag)
    {
        if (Find(tag) is not { } element)
        {
            return [];
        }

        var bytes = data.AsSpan(element.Start, element.Length);
        if (element.Vr is DicomVr.FD or DicomVr.FL)
        {
            var size = element.Vr == DicomVr.FD ? 8 : 4;
            var values = new double[bytes.Length / size];
            for (var i = 0; i < values.Length; i++)
            {
                var value = bytes[(i * size)..];
                values[i] = size == 8
                    ? BitConverter.Int64BitsToDouble(bigEndian ? BinaryPrimitives.ReadInt64BigEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value))
                    : BitConverter.Int32BitsToSingle(bigEndian ? BinaryPrimitives.ReadInt32BigEndian(value) : BinaryPrimitives.ReadInt32LittleEndian(value));
            }

            return Array.TrueForAll(values, double.IsFinite) ? values : [];
        }

        var texts = Texts(tag);
        var numbers = new double[texts.Length];
        for (var i = 0; i < texts.Length; i++)
        {
            if (!double.TryParse(texts[i], NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i]) || !double.IsFinite(numbers[i]))
            {
                return [];
            }
        }

        return numbers;
    }

    public double? Number(DicomTag tag) => Numbers(tag) is [var first, ..] ? first : null;

    /// <summary>An integer string; null if absent or no number.</summary>
    public int? Integer(DicomTag tag) => Number(tag) is { } n && Math.Abs(n) <= int.MaxValue ? (int)n : null;

    /// <summary>A 16-bit number (US or SS); null if absent or too short.</summary>
    public ushort? Word(DicomTag tag)
    {
        var bytes = Bytes(tag);
        return bytes.Length < 2 ? null : bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes) : BinaryPrimitives.ReadUInt16LittleEndian(bytes);
    }

    public IReadOnlyList<DicomDataset> Items(DicomTag tag) => Find(tag)?.Items ?? [];
}
