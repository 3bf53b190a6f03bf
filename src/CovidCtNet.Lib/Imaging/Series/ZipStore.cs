using System.Buffers.Binary;
using System.IO.Compression;
using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging.Series;

/// <summary>The entries of a zip archive, unpacked in memory one at a time: nothing is written, so that no name can lead anywhere.</summary>
internal sealed class ZipStore : StudyStore
{
    private const int EndLength = 22;
    private const int LongestComment = ushort.MaxValue;

    // An entry of the directory is 46 bytes and its names; archives of scanners stay far below this.
    private const int DirectoryBytesPerFile = 1024;

    private readonly Lock _gate = new();
    private readonly ZipArchive _archive;
    private readonly List<ZipArchiveEntry> _entries;
    private bool _disposed;

    private ZipStore(ZipArchive archive, List<ZipArchiveEntry> entries) => (_archive, _entries) = (archive, entries);

    public override int Count => _entries.Count;

    public static ZipStore Open(string path, CtStudyOptions options, ImageErrors errors)
    {
        var file = CtImage.OpenRead(path);
        try
        {
            CheckDirectory(file, options, path, errors);
            var archive = new ZipArchive(file, ZipArchiveMode.Read);
            var entries = archive.Entries.Where(e => e.Name.Length > 0 && !e.Name.StartsWith('.')).OrderBy(e => e.FullName, StringComparer.Ordinal).ToList();
            return entries.Count <= options.MaximumFiles ? new ZipStore(archive, entries) : throw TooMany(path, options);
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or OverflowException or EndOfStreamException)
        {
            file.Dispose();
            throw errors.Corrupt("its archive directory cannot be read", e);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public override string NameOf(int file) => _entries[file].FullName;

    public override T Read<T>(int file, Func<Stream, T> read)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            using var stream = _entries[file].Open();
            return read(stream);
        }
    }

    public override void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _archive.Dispose();
        }

        base.Dispose();
    }

    /// <summary>Looks at the size of the directory before it is read into memory.</summary>
    private static void CheckDirectory(FileStream file, CtStudyOptions options, string path, ImageErrors errors)
    {
        var tail = new byte[Math.Min(file.Length, EndLength + LongestComment)];
        file.Position = file.Length - tail.Length;
        file.ReadExactly(tail);
        file.Position = 0;
        var end = tail.AsSpan().LastIndexOf("PK\x05\x06"u8);
        if (end < 0 || tail.Length - end < EndLength)
        {
            throw errors.Truncated("the directory at the end of the archive is missing");
        }

        // 64-bit archives write all ones here; their directory begins at an offset that a record of its own holds.
        long start = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end + 16));
        if (start == uint.MaxValue)
        {
            var locator = end >= 20 ? tail.AsSpan(end - 20, 20) : default;
            var record = locator.StartsWith("PK\x06\x07"u8) ? BinaryPrimitives.ReadInt64LittleEndian(locator[8..]) : -1;
            var header = new byte[56];
            if (record < 0 || record > file.Length - header.Length)
            {
                throw errors.Corrupt("its 64-bit archive directory cannot be found");
            }

            file.Position = record;
            file.ReadExactly(header);
            file.Position = 0;
            start = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(48));
        }

        if (start < 0 || file.Length - start > ((long)options.MaximumFiles * DirectoryBytesPerFile) + EndLength + LongestComment)
        {
            throw TooMany(path, options);
        }
    }

    private static CtImageTooLargeException TooMany(string path, CtStudyOptions options) => new(
        path, $"is an archive of more than {options.MaximumFiles} files, the limit", $"Raise {nameof(CtStudyOptions)}.{nameof(CtStudyOptions.MaximumFiles)} if the archive is trusted");
}
