using System.Globalization;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

/// <content>Series of slices.</content>
public sealed partial class CovidCtModel
{
    /// <summary>
    /// Judges a series: every slice, the series by a stated rule, and maps of the slices that drive it. A slice that cannot be read, or
    /// that the gate refuses, is left out and reported.
    /// </summary>
    /// <param name="series">The series, of a <see cref="CtStudy"/> that has not been disposed.</param>
    /// <param name="options">How; <see cref="CtSeriesOptions.Default"/> if null.</param>
    /// <param name="progress">The share done, in [0, 1].</param>
    /// <param name="cancellationToken">Ends the work between batches, or within a run between two of its operators.</param>
    /// <exception cref="CtSeriesException">No slice could be judged.</exception>
    /// <exception cref="ObjectDisposedException">The model or the study has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public CtSeriesPrediction PredictSeries(
        CtSeries series, CtSeriesOptions? options = null, IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(series);
        options ??= CtSeriesOptions.Default;
        var rule = CtSeriesPrediction.RuleOf(options, Contract);
        var results = new CtSeriesSliceResult[series.Slices.Count];
        for (var start = 0; start < results.Length; start += Options.BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            JudgeBatch(series, results, start, options.Gate, cancellationToken);
            progress?.Report((double)Math.Min(results.Length, start + Options.BatchSize) / results.Length * 0.9);
        }

        CtSeriesSliceResult[] judged = [.. results.Where(r => r.Prediction is not null)];
        if (judged.Length == 0)
        {
            throw NothingJudged(results);
        }

        var probability = rule.Combine([.. judged.Select(r => r.Prediction!.Logit / Contract.Temperature)], out var top);
        CtSeriesSliceResult[] driving = [.. top.Select(i => judged[i])];
        var maps = new Dictionary<int, AttentionMap>();
        foreach (var slice in driving.Take(options.Maps))
        {
            maps.Add(slice.Index, Explain(slice.Slice.Load(), options.MapMethod, null, null, cancellationToken));
            progress?.Report(0.9 + (0.1 * maps.Count / Math.Min(options.Maps, driving.Length)));
        }

        return new CtSeriesPrediction(series, options, Contract, results)
        {
            Probability = probability,
            Label = probability >= rule.Threshold ? _positive : _negative,
            Driving = driving,
            Maps = maps,
            Notes = NotesOf(series, options, results),
        };
    }

    private void JudgeBatch(CtSeries series, CtSeriesSliceResult[] results, int start, CtGateMode mode, CancellationToken cancellationToken)
    {
        var ready = new List<(int Index, CtImage Image, CtGateResult? Gate)>();
        for (var i = start; i < Math.Min(results.Length, start + Options.BatchSize); i++)
        {
            var slice = series.Slices[i];
            try
            {
                var image = slice.Load();
                var gate = mode == CtGateMode.Off ? null : CtInputGate.Check(image, Preprocessing.Window);
                if (mode == CtGateMode.Enforce && gate!.Verdict == CtGateVerdict.Refused)
                {
                    results[i] = new CtSeriesSliceResult(i, slice) { Gate = gate };
                    continue;
                }

                ready.Add((i, image, gate));
            }
            catch (Exception e) when (e is CtImageException or IOException or UnauthorizedAccessException or InvalidDataException)
            {
                results[i] = new CtSeriesSliceResult(i, slice) { Error = e };
            }
        }

        if (ready.Count == 0)
        {
            return;
        }

        var predictions = Predict([.. ready.Select(r => r.Image)], cancellationToken);
        for (var i = 0; i < ready.Count; i++)
        {
            var (index, _, gate) = ready[i];
            results[index] = new CtSeriesSliceResult(index, series.Slices[index]) { Prediction = predictions[i], Gate = gate };
        }
    }

    private static CtSeriesException NothingJudged(CtSeriesSliceResult[] results)
    {
        var first = Array.Find(results, r => r.Error is not null)?.Error;
        var refused = results.Count(r => r.Error is null);
        var reason = first is CtImageException e
            ? $"the first that cannot be read {e.Reason}. {e.Cure}"
            : first is not null
                ? $"the first that cannot be read gave {first.GetType().Name}. Check the folder or archive"
                : $"the input gate refused all: {results[0].Gate!.Reasons[0].Message.TrimEnd('.')}. Use CtGateMode.Warn if they are chest-CT slices";
        return new CtSeriesException($"None of the {results.Length} slices could be judged ({refused} refused, {results.Length - refused} unreadable): {reason}.", first);
    }

    private List<string> NotesOf(CtSeries series, CtSeriesOptions options, CtSeriesSliceResult[] results)
    {
        List<string> notes = [.. series.Notes];
        var refused = results.Count(r => r.Gate?.Verdict == CtGateVerdict.Refused);
        var unreadable = results.Count(r => r.Error is not null);
        if (refused > 0)
        {
            notes.Add($"The input gate refused {refused} of {results.Length} slices{(options.Gate == CtGateMode.Warn ? "; they were judged all the same" : "; they were left out")}.");
        }

        if (unreadable > 0)
        {
            notes.Add($"{unreadable} of {results.Length} slices could not be read and were left out.");
        }

        if (!CtSeriesPrediction.RuleOf(options, Contract).IsFittedFor(Contract))
        {
            notes.Add("No series rule was fitted for this model: the probability of the series is not calibrated.");
        }

        if (series.Slices.Any(s => s.DisplayWindows.Count > 0))
        {
            var window = Preprocessing.Window;
            notes.Add(string.Create(
                CultureInfo.InvariantCulture,
                $"Hounsfield units went through the model's window (centre {window.Center:0.#}, width {window.Width:0.#}); the display windows of the files were not used."));
        }

        return notes;
    }
}
