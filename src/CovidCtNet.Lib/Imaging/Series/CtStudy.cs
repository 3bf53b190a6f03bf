using CovidCtNet.Lib.Imaging.Series;

namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// What a folder, a zip archive or a single file holds: CT series in order, and everything else set aside with its reason. Nothing is
/// unpacked to disk. Slices can be read until the study is disposed of.
/// </summary>
public sealed class CtStudy : IDisposable
{
    private readonly StudyStore _store;

    private CtStudy(StudyStore store, IReadOnlyList<CtSeries> series, IReadOnlyList<CtSetAside> setAside)
        => (_store, Series, SetAside) = (store, series, setAside);

    /// <summary>The series, the one with most slices first.</summary>
    public IReadOnlyList<CtSeries> Series { get; }

    /// <summary>Files and frames in no series, in order of name.</summary>
    public IReadOnlyList<CtSetAside> SetAside { get; }

    /// <summary>How many files were looked at.</summary>
    public int FileCount => _store.Count;

    /// <summary>Looks into every file below a path. No file can stop the others: what cannot be read is set aside.</summary>
    /// <param name="path">A folder, a zip archive, or one DICOM or NIfTI file.</param>
    /// <param name="options">What it may ask for; <see cref="CtStudyOptions.Default"/> if null.</param>
    /// <param name="progress">The share of files looked at, in [0, 1].</param>
    /// <param name="cancellationToken">Ends the work between files.</param>
    /// <exception cref="FileNotFoundException">There is nothing at <paramref name="path"/>.</exception>
    /// <exception cref="IOException">The folder or archive cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder or archive may not be read.</exception>
    /// <exception cref="CtImageException">The archive is damaged, or there are more files than the limit.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static CtStudy Load(
        string path, CtStudyOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        options ??= CtStudyOptions.Default;
        var store = StudyStore.Open(path, options, cancellationToken);
        try
        {
            var scan = new StudyScan(store, options);
            for (var file = 0; file < store.Count; file++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                scan.Look(file);
                progress?.Report((file + 1.0) / store.Count);
            }

            var series = SeriesBuilder.Build(scan.Candidates, scan.SetAside);
            return new CtStudy(store, series, [.. scan.SetAside.OrderBy(s => s.File)]);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    /// <summary>Closes the archive.</summary>
    public void Dispose() => _store.Dispose();
}
