namespace CovidCtNet.Lib.Inference;

public sealed partial class CovidCtModel
{
    /// <summary>What the numbers of a network mean by its contract.</summary>
    /// <param name="output">One logit, or the values of two classes, the negative first.</param>
    /// <param name="contract">The contract.</param>
    /// <param name="negative">The negative class.</param>
    /// <param name="positive">The positive class.</param>
    /// <param name="sourceName">The model's name for messages.</param>
    /// <param name="imageName">The slice's name for messages.</param>
    /// <exception cref="CovidCtModelOutputException">The logit is no finite number.</exception>
    internal static CtPrediction Interpret(
        ReadOnlySpan<float> output, ModelContract contract, CtLabel negative, CtLabel positive, string? sourceName, string? imageName)
    {
        var logit = LogitOf(output);
        if (!double.IsFinite(logit))
        {
            throw new CovidCtModelOutputException(
                sourceName, $"gives the logit {logit} for {imageName ?? "a slice"}, which is no finite number", "Check the model on a phantom (CtPhantom)");
        }

        var probability = 1 / (1 + Math.Exp(-logit / contract.Temperature));
        return new CtPrediction
        {
            Probability = probability,
            Logit = logit,
            Label = probability >= contract.Threshold ? positive : negative,
            Threshold = contract.Threshold,
            ModelVersion = contract.Version,
        };
    }

    /// <summary>The logit of the positive class.</summary>
    /// <param name="output">One logit, or the values of two classes, the negative first.</param>
    internal static double LogitOf(ReadOnlySpan<float> output) => output.Length == 2 ? (double)output[1] - output[0] : output[0];

    /// <summary>Takes a batch to fill and run; dispose of it to give it back. While it is out the session lives.</summary>
    /// <param name="samples">Slices in it, 1 to the batch size of <see cref="Options"/>.</param>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    internal PreparedBatch RentBatch(int samples)
    {
        var buffer = _runner.Rent();
        buffer.Resize(samples);
        return new PreparedBatch(this, buffer, samples);
    }

    /// <summary>A batch of slices that callers preprocess in place, for readers that overlap preparation and network.</summary>
    internal sealed class PreparedBatch(CovidCtModel model, BatchBuffer buffer, int samples) : IDisposable
    {
        private int _returned;

        /// <summary>The plane [1, H, W] of one slice, to be filled before the run.</summary>
        public Span<float> Plane(int sample) => buffer.Input(sample)[..(model.Preprocessing.Width * model.Preprocessing.Height)];

        /// <summary>Runs the network over all slices.</summary>
        /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
        public void Run(CancellationToken cancellationToken)
        {
            var plane = model.Preprocessing.Width * model.Preprocessing.Height;
            for (var i = 0; i < samples; i++)
            {
                Repeat(buffer.Input(i), plane);
            }

            buffer.Run(cancellationToken);
        }

        /// <summary>What the network says about one slice, after the run.</summary>
        /// <exception cref="CovidCtModelOutputException">The network gave no finite number.</exception>
        public CtPrediction Read(int sample, string? imageName) => model.Interpret(buffer.Output(sample), imageName);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) == 0)
            {
                buffer.Dispose();
            }
        }
    }
}
