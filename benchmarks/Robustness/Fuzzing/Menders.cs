using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace CovidCtNet.Robustness.Fuzzing;

/// <summary>Repairs checksums and packing after a mutation, half of the time: both ways are worth testing.</summary>
internal static class Menders
{
    /// <summary>Gives every chunk of a PNG the checksum of what it holds.</summary>
    public static byte[] Png(byte[] data, Random random)
    {
        if (random.Next(4) == 0)
        {
            return data;
        }

        var at = 8;
        while (at + 12 <= data.Length)
        {
            var length = BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(at));
            if (length > data.Length - at - 12)
            {
                break;
            }

            var end = at + 8 + (int)length;
            BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(end), Crc32.HashToUInt32(data.AsSpan(at + 4, (int)length + 4)));
            at = end + 4;
        }

        return data;
    }

    /// <summary>Packs a volume into gzip.</summary>
    public static byte[] Gzip(byte[] data, Random random)
    {
        if (random.Next(3) != 0)
        {
            return data;
        }

        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(data);
        }

        return packed.ToArray();
    }

    /// <summary>Puts a file into an archive, under names that try to leave it, and mutates the archive now and then.</summary>
    public static byte[] Zip(byte[] data, Random random)
    {
        string[] names = ["a/1", "../../up", "/rooted", "C:\\windows\\x", "con", new string('n', 300), "a/1", "nul\0l", ".hidden"];
        using var packed = new MemoryStream();
        using (var archive = new ZipArchive(packed, ZipArchiveMode.Create, leaveOpen: true))
        {
            for (var i = 0; i < random.Next(1, 4); i++)
            {
                using var entry = archive.CreateEntry(names[random.Next(names.Length)], random.Next(2) == 0 ? CompressionLevel.Fastest : CompressionLevel.NoCompression).Open();
                entry.Write(data);
            }
        }

        var zip = packed.ToArray();
        return random.Next(2) == 0 ? zip : Mutator.Mutate(zip, [], random);
    }

    /// <summary>Ends a checkpoint with the hash of what stands before it.</summary>
    public static byte[] Checkpoint(byte[] data, Random random)
    {
        if (random.Next(4) == 0 || data.Length < 40)
        {
            return data;
        }

        SHA256.HashData(data.AsSpan(0, data.Length - 32)).CopyTo(data.AsSpan(data.Length - 32));
        return data;
    }
}
