using BitMiracle.LibTiff.Classic;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>A file in memory as LibTiff.NET's stream, which also ends work that takes too long.</summary>
internal sealed class TiffBytes(byte[] data, int length, Deadline deadline) : TiffStream
{
    private long _position;

    public long Length => length;

    public Deadline Deadline => deadline;

    public override int Read(object clientData, byte[] buffer, int offset, int count)
    {
        deadline.Check();
        var kept = (int)Math.Clamp(length - _position, 0, Math.Max(0, count));
        data.AsSpan((int)Math.Min(_position, length), kept).CopyTo(buffer.AsSpan(offset));
        _position += kept;
        return kept;
    }

    public override long Seek(object clientData, long offset, SeekOrigin origin)
    {
        deadline.Check();
        var target = origin switch
        {
            SeekOrigin.Begin => offset,
            SeekOrigin.Current => _position + offset,
            _ => length + offset,
        };
        _position = Math.Clamp(target, 0, length);
        return _position;
    }

    public override long Size(object clientData) => length;

    public override void Close(object clientData)
    {
    }

    public override void Write(object clientData, byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
