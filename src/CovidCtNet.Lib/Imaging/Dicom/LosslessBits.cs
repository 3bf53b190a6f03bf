namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>The bits of entropy-coded JPEG data, stuffed bytes removed; zeros after the end, which <see cref="Overrun"/> tells.</summary>
internal ref struct LosslessBits(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _position;
    private uint _held;
    private int _count;

    /// <summary>Whether more bits were read than there are.</summary>
    public bool Overrun { get; private set; }

    /// <summary>The next 1 to 16 bits.</summary>
    public int Read(int count)
    {
        while (_count < count)
        {
            _held = (_held << 8) | NextByte();
            _count += 8;
        }

        _count -= count;
        return (int)((_held >> _count) & ((1u << count) - 1));
    }

    /// <summary>Goes past a restart marker; false where there is none.</summary>
    public bool SkipRestart()
    {
        _count = 0;
        if (_data.Length - _position < 2 || _data[_position] != 0xFF || _data[_position + 1] is < 0xD0 or > 0xD7)
        {
            return false;
        }

        _position += 2;
        return true;
    }

    private byte NextByte()
    {
        if (_position >= _data.Length)
        {
            Overrun = true;
            return 0;
        }

        var value = _data[_position];
        if (value != 0xFF)
        {
            _position++;
            return value;
        }

        // A marker ends the data; 00 after FF belongs to the data byte.
        if (_position + 1 < _data.Length && _data[_position + 1] == 0)
        {
            _position += 2;
            return value;
        }

        Overrun = true;
        return 0;
    }
}
