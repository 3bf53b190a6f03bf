using System.Globalization;
using CovidCtNet.Lib.Evaluation;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Quantization;
using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Samples.Quantize;

/// <summary>One run of the command: quantise, measure, and write the model if it is good enough.</summary>
internal sealed class QuantizeRun(TextWriter output, TextWriter errors)
{
    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(QuantizeRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var model = request.ModelPath is null ? CovidCtModel.LoadDefault() : CovidCtModel.Load(request.ModelPath);
            return await QuantizeAsync(model, request, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await errors.WriteLineAsync("Stopped. Nothing was written.");
            return ExitCode.Cancelled;
        }
        catch (Exception e) when (e is CovidCtModelException or CtImageException or ScoreFileException or EvaluationDataException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            await errors.WriteLineAsync(e.Message);
            return ExitCode.Usage;
        }
    }

    private async Task<int> QuantizeAsync(CovidCtModel model, QuantizeRequest request, CancellationToken cancellationToken)
    {
        var classes = model.Contract.Classes;
        var validation = request.Validation.Read(classes);
        var test = request.Report?.Read(classes);
        var rounded = Convert(model, request, cancellationToken);
        var bytes = rounded.ToArray();
        using var candidate = rounded.Load();
        var decided = await ModelScores.MeasureAsync(model, candidate, validation, cancellationToken);
        var seen = request.Seen ? ", seen in training" : string.Empty;
        Describe("validation" + seen, decided);
        var metrics = decided.ToMetrics("validation" + seen);
        if (test is not null)
        {
            var reported = await ModelScores.MeasureAsync(model, candidate, test, cancellationToken);
            Describe($"test{seen}, decides nothing", reported);
            metrics = [.. metrics, .. reported.ToMetrics("test" + seen)];
        }

        MeasureSpeed(model, bytes, request.Turns, cancellationToken);
        if (decided.AucLoss > request.MaximumAucLoss || decided.Agreement.Estimate < request.MinimumAgreement)
        {
            await errors.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture,
                $"Refused: AUC loss {decided.AucLoss:F4} (limit {request.MaximumAucLoss}), agreement {decided.Agreement.Estimate:P2} (limit {request.MinimumAgreement:P0}). Nothing was written. Try --float-layers 8, another --method, --equalize, or more --slices."));
            return ExitCode.Refused;
        }

        rounded.WithMetrics(metrics).Save(request.OutputPath);
        await output.WriteLineAsync($"Written: {request.OutputPath}");
        return ExitCode.Success;
    }

    private QuantizedModel Convert(CovidCtModel model, QuantizeRequest request, CancellationToken cancellationToken)
    {
        if (request.Precision == ModelPrecision.Float16)
        {
            return ModelQuantizer.ToHalfPrecision(model);
        }

        if (request.Precision != ModelPrecision.Int8 || request.Calibration is not { } source)
        {
            throw new ArgumentException("Give --precision float16, or --precision int8 and slices to --calibrate with.");
        }

        var calibration = Spread(source.Read(model.Contract.Classes).Paths, request.CalibrationSlices);
        output.WriteLine($"{model.Contract.Name} {model.Contract.Version}: calibrating on {calibration.Length} slices");
        var rounded = ModelQuantizer.Quantize(model, calibration.Select(p => CtImage.Load(p)), request.Options, null, cancellationToken);
        if (request.LayersPath is { } layersPath)
        {
            LayerReport.Write(layersPath, rounded.Layers);
        }

        LayerReport.Summarise(output, rounded.Layers);
        return rounded;
    }

    private void Describe(string set, ModelScores scores) => output.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{set}: {scores.Cases.Paths.Length} slices; AUC float32 {scores.ExactAuc}, new {scores.RoundedAuc}, loss {scores.AucLoss:F4}; same label {scores.Agreement}; probability changes by {scores.MeanChange:F4} on average, {scores.LargestChange:F3} at most"));

    private void MeasureSpeed(CovidCtModel model, byte[] rounded, int turns, CancellationToken cancellationToken)
    {
        using var stream = model.OpenRead();
        var exact = new byte[stream.Length];
        stream.ReadExactly(exact);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"size: {exact.Length / 1048576.0:F2} MiB float32, {rounded.Length / 1048576.0:F2} MiB new"));
        foreach (var batch in new[] { 1, 8 })
        {
            var (before, after) = NetworkTimer.Measure(exact, rounded, model.Contract, batch, turns, cancellationToken);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"batch {batch}: {before:F1} slices/s float32, {after:F1} new, {after / before:F2} times ({Environment.ProcessorCount} processors, best of turns)"));
        }
    }

    /// <summary>Evenly spaced, so that every scan of an ordered list is heard.</summary>
    private static string[] Spread(string[] paths, int count)
        => count >= paths.Length ? paths : [.. Enumerable.Range(0, count).Select(i => paths[(int)((long)i * paths.Length / count)])];
}
