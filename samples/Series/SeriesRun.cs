using System.Globalization;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Samples.Classify;

namespace CovidCtNet.Samples.Series;

/// <summary>One run of the command: look, judge, write.</summary>
internal sealed class SeriesRun(TextWriter output, TextWriter errors)
{
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    public int Run(SeriesRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var study = CtStudy.Load(request.Path, cancellationToken: cancellationToken);
            using var model = request.ModelPath is null ? CovidCtModel.LoadDefault() : CovidCtModel.Load(request.ModelPath);
            output.WriteLine($"{model.Contract.Name} {model.Contract.Version}. Research use, not a medical device.");
            output.WriteLine($"{study.FileCount} files, {study.Series.Count} CT series, {study.SetAside.Count} set aside.");
            ReportSetAside(study, request);
            if (request.OutputFolder is not null)
            {
                Directory.CreateDirectory(request.OutputFolder);
            }

            var failed = study.SetAside.Any(s => s.Reason is CtSetAsideReason.Unreadable or CtSetAsideReason.TooLarge) || study.Series.Count == 0;
            foreach (var series in study.Series)
            {
                failed |= !Judge(model, series, request, cancellationToken);
            }

            return failed ? ExitCode.Unreadable : ExitCode.Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            errors.WriteLine("Stopped. Files written so far are complete.");
            return ExitCode.Cancelled;
        }
        catch (Exception e) when (e is CovidCtModelException or CtImageException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            errors.WriteLine(e.Message);
            return ExitCode.Usage;
        }
    }

    private void ReportSetAside(CtStudy study, SeriesRequest request)
    {
        foreach (var group in study.SetAside.GroupBy(s => s.Reason).OrderBy(g => g.Key))
        {
            output.WriteLine($"  {group.Key}: {group.Count()}");
            foreach (var item in group.Take(5))
            {
                output.WriteLine($"    {(request.Names ? item.Name : $"file {item.File}")}: {item.Detail}");
            }
        }
    }

    /// <returns>Whether the series was judged and every slice of it read.</returns>
    private bool Judge(CovidCtModel model, CtSeries series, SeriesRequest request, CancellationToken cancellationToken)
    {
        var spacing = series.Spacing is { } mm ? string.Create(CultureInfo.InvariantCulture, $", {mm:0.##} mm apart") : "";
        output.WriteLine($"Series {series.Number}: {series.Slices.Count} slices{spacing}.");
        try
        {
            var result = model.PredictSeries(series, new CtSeriesOptions { Gate = request.Gate, Maps = request.Maps }, cancellationToken: cancellationToken);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"  {result.Probability:0.000} {result.Label}{(result.IsCalibrated ? "" : " (not calibrated for this model)")}"));
            output.WriteLine($"  driven by slices {string.Join(", ", result.Driving.Take(5).Select(s => s.Index + 1))}{(result.Driving.Count > 5 ? ", ..." : "")}");
            foreach (var note in result.Notes)
            {
                output.WriteLine($"  {note}");
            }

            foreach (var reason in result.Slices.SelectMany(s => s.Gate?.Reasons ?? []).GroupBy(r => r.Code).OrderByDescending(g => g.Count()).Take(4))
            {
                output.WriteLine($"  gate: {reason.Key} in {reason.Count()} of {result.Slices.Count} slices, such as: {reason.First().Message}");
            }

            Write(result, request, cancellationToken);
            return result.Slices.All(s => s.Error is null);
        }
        catch (Exception e) when (e is CtSeriesException or ExplanationException)
        {
            errors.WriteLine($"Series {series.Number}: {e.Message}");
            return false;
        }
    }

    private void Write(CtSeriesPrediction result, SeriesRequest request, CancellationToken cancellationToken)
    {
        if (request.OutputFolder is not { } folder)
        {
            return;
        }

        var stem = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"series-{result.Series.Number}"));
        result.SaveJson(stem + ".json");
        output.WriteLine($"  {stem}.json");
        if (result.Series.SeriesInstanceUid is null || result.Series.StudyInstanceUid is null)
        {
            foreach (var (index, map) in result.Maps)
            {
                map.SaveOverlay(string.Create(CultureInfo.InvariantCulture, $"{stem}-slice-{index + 1:0000}.png"));
            }

            return;
        }

        var options = new DicomResultOptions { CopyPatient = request.Identified };
        result.SaveStructuredReport(stem + "-report.dcm", options);
        output.WriteLine($"  {stem}-report.dcm");
        foreach (var file in result.SaveSecondaryCaptures(folder, options, cancellationToken))
        {
            output.WriteLine($"  {file}");
        }
    }
}
