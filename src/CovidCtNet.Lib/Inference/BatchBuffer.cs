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
    private readonly BatchLanes? _lanes;

    /// <summary>Memory and tensors by number of samples: small runs do not take the memory of a full batch.</summary>
    private readonly Tensors?[] _bySize;

    private Tensors? _current;

    /// <param name="owner">Runs it and takes it back.</param>
    /// <param name="sampleShape">Shape of one sample of the input.</param>
    /// <param name="outputLength">Values of one sample of the output.</param>
    /// <param name="batchSize">The most samples.</param>
    /// <param name="allocator">Gives the memory, such as page-locked memory for a GPU; null for managed memory.</param>
    /// <param name="lanes">Runs full batches in parts; null where the session runs all.</param>
    public BatchBuffer(ModelRunner owner, int[] sampleShape, int outputLength, int batchSize, OrtAllocator? allocator, BatchLanes? lanes)
    {
        _owner = owner;
        _sampleShape = sampleShape;
        _sampleLength = sampleShape.Aggregate(1, (product, side) => checked(product * side));
        _outputLength = outputLength;
        _allocator = allocator;
        _lanes = lanes;
        _bySize = new Tensors?[batchSize + 1];
    }

    /// <summary>Gets ready for a number of samples, 1 to the batch size.</summary>
    public void Resize(int samples) => _current = _bySize[samples] ??= Allocate(samples);

    /// <summary>The input of one sample, C x H x W values.</summary>
    public Span<float> Input(int sample) => _current!.Input.Slice(sample * _sampleLength, _sampleLength);

    /// <summary>The output of one sample, K values.</summary>
    public ReadOnlySpan<float> Output(int sample) => _current!.Output.Slice(sample * _outputLength, _outputLength);

    /// <summary>Runs all samples.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public void Run(CancellationToken cancellationToken) => _owner.Run(_current!.Runs, cancellationToken);

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => _owner.Return(this);

    /// <summary>Frees the tensors, once the session is not used any more.</summary>
    public void Release()
    {
        foreach (var tensors in _bySize)
        {
            tensors?.Dispose();
        }

        Array.Clear(_bySize);
    }

    private Tensors Allocate(int samples)
    {
        var session = _lanes is not null && _lanes.Takes(samples) ? _lanes.Session : null;
        var (parts, size) = session is null ? (1, samples) : (_lanes!.Count, _lanes.Part);
        var tensors = _allocator is null ? new Tensors(checked(parts * size * _sampleLength), parts * size * _outputLength) : new Tensors();
        try
        {
            for (var part = 0; part < parts; part++)
            {
                // Places of a part that no slice takes hold what they held before.
                var input = tensors.Own(Value([size, .. _sampleShape.Select(side => (long)side)], tensors.ManagedInput, part));
                var output = tensors.Own(Value([size, _outputLength], tensors.ManagedOutput, part));
                tensors.Add(_owner.Bind(session, input, output));
            }

            return tensors;
        }
        catch
        {
            tensors.Dispose();
            throw;
        }
    }

    private OrtValue Value(long[] shape, Memory<float> values, int part)
    {
        if (_allocator is not null)
        {
            return OrtValue.CreateAllocatedTensorValue(_allocator, TensorElementType.Float, shape);
        }

        var length = (int)shape.Aggregate(1L, (product, side) => product * side);
        return OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, values.Slice(part * length, length), shape);
    }

    /// <summary>Memory of all samples, and what runs over its parts.</summary>
    private sealed class Tensors : IDisposable
    {
        private readonly List<OrtValue> _values = [];

        /// <summary>For memory of an allocator.</summary>
        public Tensors()
        {
        }

        public Tensors(int inputLength, int outputLength)
        {
            ManagedInput = AlignedMemory.Allocate(inputLength);
            ManagedOutput = AlignedMemory.Allocate(outputLength);
        }

        public Memory<float> ManagedInput { get; }

        public Memory<float> ManagedOutput { get; }

        public Span<float> Input => ManagedInput.IsEmpty ? _values[0].GetTensorMutableDataAsSpan<float>() : ManagedInput.Span;

        public Span<float> Output => ManagedOutput.IsEmpty ? _values[1].GetTensorMutableDataAsSpan<float>() : ManagedOutput.Span;

        public BoundRun[] Runs { get; private set; } = [];

        public OrtValue Own(OrtValue value)
        {
            _values.Add(value);
            return value;
        }

        public void Add(BoundRun run) => Runs = [.. Runs, run];

        public void Dispose()
        {
            foreach (var run in Runs)
            {
                run.Dispose();
            }

            foreach (var value in _values)
            {
                value.Dispose();
            }
        }
    }
}
