namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Several pieces of one array, read as one stream without a copy.</summary>
internal sealed class SegmentStream(byte[] data, IReadOnlyList<(int Start, int Length)> parts) : Stream
{
    private int _part;
    private int _offset;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(Span<byte> buffer)
    {
        while (_part < parts.Count && _offset == parts[_part].Length)
        {
            _part++;
            _offset = 0;
        }

        if (_part == parts.Count || buffer.IsEmpty)
        {
            return 0;
        }

        var (start, length) = parts[_part];
        var count = Math.Min(buffer.Length, length - _offset);
        data.AsSpan(start + _offset, count).CopyTo(buffer);
        _offset += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
