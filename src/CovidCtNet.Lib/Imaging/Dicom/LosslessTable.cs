namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>A Huffman table of JPEG (ITU-T T.81, annex C), with the codes of up to 16 bits by their largest value.</summary>
internal sealed class LosslessTable
{
    private readonly int[] _largest = new int[17];
    private readonly int[] _offset = new int[17];
    private readonly byte[] _values;

    private LosslessTable(byte[] values) => _values = values;

    /// <summary>A table from how many codes there are of each length; null if there are more than fit.</summary>
    public static LosslessTable? Create(ReadOnlySpan<byte> counts, ReadOnlySpan<byte> values)
    {
        var table = new LosslessTable(values.ToArray());
        var (code, index) = (0, 0);
        for (var length = 1; length <= 16; length++)
        {
            var count = counts[length - 1];
            table._offset[length] = index - code;
            table._largest[length] = count > 0 ? code + count - 1 : -1;
            code += count;
            index += count;
            if (code > 1 << length)
            {
                return null;
            }

            code <<= 1;
        }

        return table;
    }

    /// <summary>The value of the next code, or -1 if it is none.</summary>
    public int Read(ref LosslessBits bits)
    {
        var code = 0;
        for (var length = 1; length <= 16; length++)
        {
            code = (code << 1) | bits.Read(1);
            if (code <= _largest[length])
            {
                return _values[code + _offset[length]];
            }
        }

        return -1;
    }
}
