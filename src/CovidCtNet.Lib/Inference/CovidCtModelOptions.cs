using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

/// <summary>How a model is loaded and run.</summary>
public sealed record CovidCtModelOptions
{
    /// <summary>The options used where none are given: the CPU, batches of 8.</summary>
    public static CovidCtModelOptions Default { get; } = new();

    /// <summary>What runs the model. Default: <see cref="CtExecutionProvider.Cpu"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not known.</exception>
    public CtExecutionProvider Provider
    {
        get;
        init
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The execution provider is not known.");
            }

            field = value;
        }
    }

    /// <summary>
    /// Which default model <see cref="CovidCtModel.LoadDefault"/> takes; a file that is named has the precision it has. The package holds
    /// <see cref="ModelPrecision.Float32"/> and <see cref="ModelPrecision.Int8"/>, which is faster and smaller and was measured against the
    /// first (its contract says how it did). Default: <see cref="ModelPrecision.Float32"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not known.</exception>
    public ModelPrecision Precision
    {
        get;
        init
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The precision is not known.");
            }

            field = value;
        }
    }

    /// <summary>
    /// Whether the CPU may stand in where <see cref="Provider"/> is not there; <see cref="CovidCtModel.Provider"/> tells what runs.
    /// Default: false, so that a missing GPU is an error and no silent slowness.
    /// </summary>
    public bool AllowCpuFallback { get; init; }

    /// <summary>The GPU to use, from 0. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative.</exception>
    public int DeviceId
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            field = value;
        }
    }

    /// <summary>How CUDA runs the model; also what TensorRT leaves to it. Not used on the CPU.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public CudaOptions Cuda
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = CudaOptions.Default;

    /// <summary>How TensorRT runs the model. Not used elsewhere.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public TensorRtOptions TensorRt
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = TensorRtOptions.Default;

    /// <summary>Threads that work on one run; 0 leaves it to ONNX Runtime, which takes one for each physical core. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative or above 1,024.</exception>
    public int IntraOpThreads
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1024);
            field = value;
        }
    }

    /// <summary>The most slices that go through the network at once, 1 to 1,024. Default: 8.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int BatchSize
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 1024);
            field = value;
        }
    } = 8;

    /// <summary>
    /// Whether a full batch on the CPU is split over <see cref="IntraOpThreads"/>, each thread taking its part from end to end, instead of all of
    /// them meeting after every operator: faster, above all where other programs use the processor too. From the first full batch on it
    /// holds the weights a second time. Nothing is split where <see cref="BatchSize"/> has no divisor that keeps most threads busy. Default: true.
    /// </summary>
    public bool SplitBatches { get; init; } = true;

    /// <summary>
    /// Whether threads wait busily, for up to 0.3 ms, for the next operator and for the next run. That makes runs faster; without
    /// it, nothing else that wants the processor between two runs is slowed. Default: true.
    /// </summary>
    public bool WaitBusily { get; init; } = true;

    /// <summary>The largest model file, in bytes; checked before it is read. Default: 1 GiB.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 or not below <see cref="Array.MaxLength"/>.</exception>
    public int MaximumModelBytes
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(value, Array.MaxLength);
            field = value;
        }
    } = 1024 * 1024 * 1024;

    /// <summary>What an image file may ask for in <see cref="CovidCtModel.PredictFilesAsync"/>.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public CtImageLimits ImageLimits
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = CtImageLimits.Default;

    /// <summary>
    /// What the input gate does in <see cref="CovidCtModel.PredictFilesAsync"/>: with <see cref="CtGateMode.Warn"/> its verdict stands in
    /// <see cref="CtFileResult.Gate"/>, with <see cref="CtGateMode.Enforce"/> a refused file gives a <see cref="CtImageRefusedException"/>.
    /// Default: <see cref="CtGateMode.Off"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not known.</exception>
    public CtGateMode Gate
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The mode of the gate is not known.");
    }
}
