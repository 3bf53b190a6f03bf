using CovidCtNet.Lib.Imaging.Decoding;

namespace CovidCtNet.Lib.Imaging.Series;

/// <summary>Where the files of a study lie. Names are never used as paths.</summary>
internal abstract class StudyStore : IDisposable
{
    public abstract int Count { get; }

    /// <summary>The name of a file for people.</summary>
    public abstract string NameOf(int file);

    /// <summary>Why a file is not looked into; null if it is.</summary>
    public virtual (CtSetAsideReason Reason, string Detail)? Refusal(int file) => null;

    /// <summary>Reads a file from its beginning.</summary>
    public abstract T Read<T>(int file, Func<Stream, T> read);

    public virtual void Dispose()
    {
    }

    /// <exception cref="FileNotFoundException">There is nothing at the path.</exception>
    /// <exception cref="CtImageException">The archive is damaged or beyond a limit.</exception>
    public static StudyStore Open(string path, CtStudyOptions options, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Directory.Exists(path))
        {
            return FolderStore.Find(path, options, cancellationToken);
        }

        using (var file = CtImage.OpenRead(path))
        {
            Span<byte> start = stackalloc byte[4];
            if (file.ReadAtLeast(start, 4, throwOnEndOfStream: false) < 4 || !start.SequenceEqual("PK\x03\x04"u8))
            {
                return FolderStore.Of(path);
            }
        }

        return ZipStore.Open(path, options, new ImageErrors(path));
    }
}
