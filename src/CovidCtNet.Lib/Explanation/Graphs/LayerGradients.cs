using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>Values of one layer and their gradients for one slice of a run (<see cref="SessionCache.Gradient"/>).</summary>
internal readonly ref struct LayerGradients
{
    private readonly ReadOnlySpan<float> _activations;
    private readonly ReadOnlySpan<float> _gradients;
    private readonly int _channels;

    /// <param name="outputs">What the run gave: scores, then values and gradients of each layer.</param>
    /// <param name="layer">Which of the layers asked for, from 0.</param>
    /// <param name="part">Which slice of the run.</param>
    public LayerGradients(IReadOnlyList<OrtValue> outputs, int layer, int part)
    {
        var (values, gradients) = (outputs[(2 * layer) + 1], outputs[(2 * layer) + 2]);
        var shape = values.GetTensorTypeAndShape().Shape;
        (_channels, Height, Width) = ((int)shape[1], (int)shape[2], (int)shape[3]);
        var length = _channels * Height * Width;
        _activations = values.GetTensorDataAsSpan<float>().Slice(part * length, length);
        _gradients = gradients.GetTensorDataAsSpan<float>().Slice(part * length, length);
    }

    public int Height { get; }

    public int Width { get; }

    /// <summary>A class activation map, [h, w].</summary>
    public float[] Map(AttentionMethod method, float sign) => method switch
    {
        AttentionMethod.GradCam => ClassActivation.GradCam(_activations, _gradients, _channels, sign),
        AttentionMethod.GradCamPlusPlus => ClassActivation.GradCamPlusPlus(_activations, _gradients, _channels, sign),
        AttentionMethod.LayerCam => ClassActivation.LayerCam(_activations, _gradients, _channels, sign),
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Not a class activation map."),
    };
}
