using System.Buffers;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>A whole file in a pooled array, read no further than the limit.</summary>
internal sealed class BoundedBytes : IDisposable
{
    private const int FirstBuffer = 64 * 1024;

    private BoundedBytes(byte[] array, int length)
    {
        Array = array;
        Length = length;
    }

    public byte[] Array { get; private set; }

    public int Length { get; }

    public static BoundedBytes Read(Stream stream, CtImageLimits limits, ImageErrors errors)
    {
        var maximum = limits.MaximumFileBytes;
        var expected = FirstBuffer;
        if (stream.CanSeek)
        {
            var left = Math.Max(0, stream.Length - stream.Position);
            if (left > maximum)
            {
                throw errors.TooManyBytes(left, maximum);
            }

            expected = (int)left + 1;
        }

        var array = ArrayPool<byte>.Shared.Rent(Math.Min(expected, maximum + 1));
        var length = 0;
        try
        {
            while (true)
            {
                // One byte more than the limit is asked for, never two: enough to know that there is too much.
                var room = Math.Min(array.Length, maximum + 1) - length;
                var count = stream.Read(array, length, room);
                if (count == 0)
                {
                    return new BoundedBytes(array, length);
                }

                length += count;
                if (length > maximum)
                {
                    throw errors.TooManyBytes(null, maximum);
                }

                if (length == array.Length)
                {
                    var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(2L * length, maximum + 1L));
                    array.AsSpan(0, length).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(array);
                    array = larger;
                }
            }
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(array);
            throw;
        }
    }

    public void Dispose()
    {
        if (Array.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(Array);
            Array = [];
        }
    }
}
