using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Quantization;

/// <summary>
/// Turns a float32 model into an 8-bit one (or a 16-bit one, for GPUs), with scales found on slices of the user's: about a quarter of the size and, on processors with
/// integer dot products, several times the speed. Compare it with the float model on other slices before you use it.
/// </summary>
public static class ModelQuantizer
{
    /// <summary>Quantises a model.</summary>
    /// <param name="model">A float32 model; not changed.</param>
    /// <param name="slices">Slices like those it will see, some tens to hundreds, of both classes; read once, one at a time.</param>
    /// <param name="options">How; <see cref="ModelQuantizationOptions.Default"/> if null.</param>
    /// <param name="progress">Told after each slice or layer.</param>
    /// <param name="cancellationToken">Ends the work between two slices or layers.</param>
    /// <exception cref="ArgumentException">The model is not in float32, or there is no slice.</exception>
    /// <exception cref="CovidCtModelFormatException">The graph cannot be quantised; the message says why.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static QuantizedModel Quantize(
        CovidCtModel model, IEnumerable<CtImage> slices, ModelQuantizationOptions? options = null,
        IProgress<QuantizationProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(slices);
        RequireFloat(model);
        try
        {
            var graph = OnnxGraph.Load(model.OpenRead(), model.SourceName);
            return new QuantizationRun(model, graph, options ?? ModelQuantizationOptions.Default, progress, cancellationToken).Run(slices);
        }
        catch (OnnxException e)
        {
            throw new CovidCtModelFormatException(model.SourceName, $"cannot be quantised ({e.Message.TrimEnd('.')})", "Export the model again, or keep it in float32", e);
        }
    }

    /// <summary>
    /// Converts a model to 16-bit floating point, for GPUs; on a processor it is slower than float32. Input and output stay float32.
    /// </summary>
    /// <param name="model">A float32 model; not changed.</param>
    /// <param name="options">What stays in float32; <see cref="HalfPrecisionOptions.Default"/> if null.</param>
    /// <exception cref="ArgumentException">The model is not in float32.</exception>
    /// <exception cref="CovidCtModelFormatException">The graph cannot be converted; the message says why.</exception>
    public static QuantizedModel ToHalfPrecision(CovidCtModel model, HalfPrecisionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        RequireFloat(model);
        try
        {
            var graph = HalfPrecisionConversion.Apply(OnnxGraph.Load(model.OpenRead(), model.SourceName), options, out var floatLayers);
            var contract = model.Contract with
            {
                Precision = ModelPrecision.Float16,
                Quantization = new ModelQuantization
                {
                    SourceWeightsSha256 = model.Contract.WeightsSha256,
                    Calibration = null,
                    LayersInFloat = floatLayers.Count,
                },
                Metrics = [],
                WeightsSha256 = graph.ComputeWeightsSha256(),
            };
            return new QuantizedModel(graph, contract, []);
        }
        catch (OnnxException e)
        {
            throw new CovidCtModelFormatException(model.SourceName, $"cannot be converted ({e.Message.TrimEnd('.')})", "Export the model again, or keep it in float32", e);
        }
    }

    private static void RequireFloat(CovidCtModel model)
    {
        if (model.Contract.Precision != ModelPrecision.Float32)
        {
            throw new ArgumentException($"{model.SourceName ?? "The model"} is in {model.Contract.Precision} already. Take the float32 model that it was made of.", nameof(model));
        }
    }
}
