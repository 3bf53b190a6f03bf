using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Inference;

/// <summary>Input and output tensors of one run. Rented from a <see cref="ModelRunner"/>, returned by <see cref="Dispose"/>.</summary>
internal sealed class BatchBuffer : IDisposable
{
    private readonly ModelRunner _owner;
    private readonly int[] _sampleShape;
    private readonly int _sampleLength;
    private readonly int _outputLength;

    /// <summary>Memory and tensors by number of samples: small runs do not take the memory of a full batch.</summary>
    private readonly (float[] Input, float[] Output, OrtValue[] InputValue, OrtValue[] OutputValue)?[] _bySize;

    private int _size;

    public BatchBuffer(ModelRunner owner, int[] sampleShape, int outputLength, int batchSize)
    {
        _owner = owner;
        _sampleShape = sampleShape;
        _sampleLength = sampleShape.Aggregate(1, (product, side) => checked(product * side));
        _outputLength = outputLength;
        _bySize = new (float[], float[], OrtValue[], OrtValue[])?[batchSize + 1];
    }

    /// <summary>Gets ready for a number of samples, 1 to the batch size.</summary>
    public void Resize(int samples)
    {
        _size = samples;
        _bySize[samples] ??= Allocate(samples);
    }

    /// <summary>The input of one sample, C x H x W values.</summary>
    public Span<float> Input(int sample) => _bySize[_size]!.Value.Input.AsSpan(sample * _sampleLength, _sampleLength);

    /// <summary>The output of one sample, K values.</summary>
    public ReadOnlySpan<float> Output(int sample) => _bySize[_size]!.Value.Output.AsSpan(sample * _outputLength, _outputLength);

    /// <summary>Runs all samples.</summary>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public void Run(CancellationToken cancellationToken)
    {
        var (_, _, input, output) = _bySize[_size]!.Value;
        _owner.Run(input, output, cancellationToken);
    }

    /// <summary>Gives the buffer back.</summary>
    public void Dispose() => _owner.Return(this);

    /// <summary>Frees the tensors, once the session is not used any more.</summary>
    public void Release()
    {
        foreach (var entry in _bySize)
        {
            if (entry is { } tensors)
            {
                tensors.InputValue[0].Dispose();
                tensors.OutputValue[0].Dispose();
            }
        }

        Array.Clear(_bySize);
    }

    private (float[] Input, float[] Output, OrtValue[] InputValue, OrtValue[] OutputValue) Allocate(int samples)
    {
        long[] inputShape = [samples, .. _sampleShape.Select(side => (long)side)];
        var input = new float[checked(samples * _sampleLength)];
        var output = new float[samples * _outputLength];
        var inputValue = OrtValue.CreateTensorValueFromMemory(input, inputShape);
        try
        {
            return (input, output, [inputValue], [OrtValue.CreateTensorValueFromMemory(output, [samples, _outputLength])]);
        }
        catch
        {
            inputValue.Dispose();
            throw;
        }
    }
}
