using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Quantization;

/// <summary>One quantisation, step by step.</summary>
internal sealed class QuantizationRun(
    CovidCtModel model, OnnxGraph graph, ModelQuantizationOptions options, IProgress<QuantizationProgress>? progress, CancellationToken cancellationToken)
{
    // What the mean error of the logit is taken over: with 256 slices it is known to a sixteenth of a single slice's error.
    private const int MostKept = 256;
    private readonly OnnxGraph _prepared = GraphQuantizer.Prepare(graph, options.Graph);
    private readonly CalibrationStatistics _statistics = new();
    private readonly List<float[]> _kept = [];
    private int _calibrated;

    public QuantizedModel Run(IEnumerable<CtImage> slices)
    {
        Calibrate(slices);
        var sensitivity = options.FloatLayersBySensitivity > 0 ? MeasureSensitivity() : [];
        var inFloat = sensitivity.OrderByDescending(s => s.Value).Take(options.FloatLayersBySensitivity).Select(s => s.Key);
        var settings = options.Graph with { FloatNodes = [.. options.Graph.FloatNodes, .. inFloat] };
        var quantized = GraphQuantizer.Quantize(_prepared, _statistics, settings);
        if (options.Graph.CorrectBiases)
        {
            LogitCorrection.Apply(quantized.Graph, Logits(quantized.Graph, _kept).Zip(Logits(_prepared, _kept), (rounded, exact) => rounded - exact).Average());
        }

        var noise = MeasureErrors(quantized);
        var layers = quantized.Layers.Select(l => new LayerError
        {
            Name = l.NodeName,
            OpType = l.OpType,
            IsQuantized = l.IsQuantized,
            Reason = l.Reason is "asked for" && sensitivity.ContainsKey(l.NodeName) ? "most sensitive" : l.Reason,
            SignalToNoise = noise.TryGetValue(l.OutputName, out var meter) ? meter.Decibels : null,
            LogitError = sensitivity.TryGetValue(l.NodeName, out var error) ? error : null,
        });
        var contract = model.Contract with
        {
            Precision = ModelPrecision.Int8,
            Quantization = Describe(quantized.Layers.Count(l => !l.IsQuantized && HasWeights(l))),
            Metrics = [],
            WeightsSha256 = quantized.Graph.ComputeWeightsSha256(),
        };
        return new QuantizedModel(quantized.Graph, contract, [.. layers]);
    }

    private List<float[]> Measured => _kept[..Math.Min(_kept.Count, options.MeasuredSlices)];

    private void Calibrate(IEnumerable<CtImage> slices)
    {
        var tensors = GraphQuantizer.TensorsToCalibrate(_prepared, options.Graph);
        int? total = slices.TryGetNonEnumeratedCount(out var known) ? known : null;
        using var session = new GraphSession(_prepared, tensors, model.Contract.Network, options.IntraOpThreads, model.SourceName);
        foreach (var slice in slices)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var plane = model.Preprocessing.Apply(slice);
            session.Run(plane, (name, values, dimensions) => _statistics.Add(name, values, dimensions));
            if (_kept.Count < MostKept)
            {
                _kept.Add(plane);
            }

            _calibrated++;
            progress?.Report(new QuantizationProgress(QuantizationStage.Calibrating, _calibrated, total));
        }

        if (_calibrated == 0)
        {
            throw new ArgumentException("There is no slice to calibrate with.", nameof(slices));
        }
    }

    /// <summary>Root mean square change of the logit for each layer with weights, quantised alone.</summary>
    private Dictionary<string, double> MeasureSensitivity()
    {
        var exact = Logits(_prepared, Measured);
        var whole = GraphQuantizer.Quantize(_prepared, _statistics, options.Graph);
        string[] names = [.. whole.Layers.Where(l => l.IsQuantized && HasWeights(l)).Select(l => l.NodeName)];
        var errors = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var name in names)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var alone = GraphQuantizer.QuantizeOnly(_prepared, _statistics, name, options.Graph).Graph;
            errors[name] = Math.Sqrt(Logits(alone, Measured).Zip(exact, (rounded, value) => Math.Pow(rounded - value, 2)).Average());
            progress?.Report(new QuantizationProgress(QuantizationStage.MeasuringSensitivity, errors.Count, names.Length));
        }

        return errors;
    }

    private Dictionary<string, ErrorMeter> MeasureErrors(QuantizedGraph quantized)
    {
        string[] exactNames = [.. quantized.DequantizedTensors.Keys];
        string[] roundedNames = [.. exactNames.Select(n => quantized.DequantizedTensors[n])];
        var meters = exactNames.ToDictionary(n => n, _ => new ErrorMeter(), StringComparer.Ordinal);
        var roundedOf = roundedNames.Zip(exactNames).ToDictionary(p => p.First, p => p.Second, StringComparer.Ordinal);
        using var exact = new GraphSession(_prepared, exactNames, model.Contract.Network, options.IntraOpThreads, model.SourceName);
        using var rounded = new GraphSession(quantized.Graph, roundedNames, model.Contract.Network, options.IntraOpThreads, model.SourceName);
        var planes = Measured;
        for (var i = 0; i < planes.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var values = new Dictionary<string, float[]>(StringComparer.Ordinal);
            exact.Run(planes[i], (name, span, _) => values[name] = span.ToArray());
            rounded.Run(planes[i], (name, span, _) => meters[roundedOf[name]].Add(values[roundedOf[name]], span));
            progress?.Report(new QuantizationProgress(QuantizationStage.MeasuringErrors, i + 1, planes.Count));
        }

        return meters;
    }

    private double[] Logits(OnnxGraph network, List<float[]> planes)
    {
        using var session = new GraphSession(network, [ModelContract.LogitsName], model.Contract.Network, options.IntraOpThreads, model.SourceName);
        var logits = new double[planes.Count];
        for (var i = 0; i < logits.Length; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            logits[i] = session.Logit(planes[i]);
        }

        return logits;
    }

    private static bool HasWeights(QuantizedLayer layer) => layer.OpType is "Conv" or "Gemm" or "MatMul";

    private ModelQuantization Describe(int inFloat) => new()
    {
        SourceWeightsSha256 = model.Contract.WeightsSha256,
        Calibration = FormattableString.Invariant(
            $"{options.Graph.Calibration}{(options.Graph.Calibration == CalibrationMethod.Percentile ? $" {options.Graph.Percentile}" : "")} over {_calibrated} slices"),
        LayersInFloat = inFloat,
    };
}
