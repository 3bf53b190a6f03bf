using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace CovidCtNet.Lib.Inference;

/// <summary>Input and output tensors of one run. Rented from a <see cref="ModelRunner"/>, returned by <see cref="Dispose"/>.</summary>
internal sealed class BatchBuffer : IDisposable
{
    private readonly ModelRunner _owner;
    private readonly int[] _sampleShape;
    private readonly int _sampleLength;
    private readonly int _outputLength;
    private readonly OrtAllocator? _allocator;

    /// <summary>Memory and tensors by number of samples: small runs do not take the memory of a full batch.</summary>
    private readonly Tensors?[] _bySize;

    private Tensors? _current;

    /// <param name="owner">Runs it and takes it back.</param>
    /// <param name="sampleShape">Shape of one sample of the input.</param>
    /// <param name="outputLength">Values of one sample of the output.</param>
    /// <param name="batchSize">The most samples.</param>
    /// <param name="allocator">Gives the memory, such as page-locked memory for a GPU; null for managed memory.</param>
    public BatchBuffer(ModelRunner owner, int[] sampleShape, int outputLength, int batchSize, OrtAllocator? allocator)
    {
        _owner = owner;
        _sampleShape = sampleShape;
        _sampleLength = sampleShape.Aggregate(1, (product, side) => checked(product * side));
        _outputLength = outputLength;
        _allocator = allocator;
        _bySize = new Tensors?[batchSize + 1];
    }

    /// <summary>Gets ready for a number of samples, 1 to the batch size.</summary>
    public void Resize(int samples) => _current = _bySize[samples] ??= Allocate(samples);

    /// <summary>The input of one sample, C x H x W values.</summary>
    public Span<float> Input(int sample) => _current!.Input.Span().Slice(sample * _sampleLength, _sampleLength);

    /// <summary>The output of one sample, K values.</summary>
    public ReadOnlySpan<float> Output(int sample) => _current!.Output.Span().Slice(sample * _outputLength, _outputLength);

    /// <summary>Runs all samples.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public void Run(CancellationToken cancellationToken) => _owner.Run(_current!.InputValue, _current.OutputValue, cancellationToken);

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => _owner.Return(this);

    /// <summary>Frees the tensors, once the session is not used any more.</summary>
    public void Release()
    {
        foreach (var tensors in _bySize)
        {
            tensors?.Input.Value.Dispose();
            tensors?.Output.Value.Dispose();
        }

        Array.Clear(_bySize);
    }

    private Tensors Allocate(int samples)
    {
        var input = Memory.Allocate([samples, .. _sampleShape.Select(side => (long)side)], checked(samples * _sampleLength), _allocator);
        try
        {
            return new Tensors(input, Memory.Allocate([samples, _outputLength], samples * _outputLength, _allocator));
        }
        catch
        {
            input.Value.Dispose();
            throw;
        }
    }

    private sealed class Tensors(Memory input, Memory output)
    {
        public Memory Input => input;

        public Memory Output => output;

        /// <summary>As the session takes it, without an array for each run.</summary>
        public OrtValue[] InputValue { get; } = [input.Value];

        public OrtValue[] OutputValue { get; } = [output.Value];
    }

    /// <summary>A tensor and its values.</summary>
    private sealed record Memory(OrtValue Value, float[]? Managed)
    {
        public static Memory Allocate(long[] shape, int length, OrtAllocator? allocator)
        {
            if (allocator is not null)
            {
                return new Memory(OrtValue.CreateAllocatedTensorValue(allocator, TensorElementType.Float, shape), null);
            }

            var values = new float[length];
            return new Memory(OrtValue.CreateTensorValueFromMemory(values, shape), values);
        }

        public Span<float> Span() => Managed is { } values ? values : Value.GetTensorMutableDataAsSpan<float>();
    }
}
