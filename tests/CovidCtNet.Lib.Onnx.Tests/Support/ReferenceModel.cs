using System.Runtime.InteropServices;
using System.Text.Json;

namespace CovidCtNet.Lib.Onnx.Tests.Support;

/// <summary>A classifier that PyTorch exported, with the gradients and maps its autograd gave; made by <c>Models/make_models.py</c>.</summary>
internal sealed class ReferenceModel
{
    private readonly Dictionary<string, (int[] Shape, float[] Values)> _tensors = new(StringComparer.Ordinal);

    public ReferenceModel(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Models");
        Graph = OnnxGraph.Load(Path.Combine(folder, name + ".onnx"));
        using var index = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, name + ".json")));
        Classes = [.. index.RootElement.GetProperty("classes").EnumerateArray().Select(c => c.GetInt64())];
        Targets = [.. index.RootElement.GetProperty("targets").EnumerateArray().Select(t => t.GetString()!)];
        var data = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(folder, name + ".bin")));
        foreach (var tensor in index.RootElement.GetProperty("tensors").EnumerateArray())
        {
            int[] shape = [.. tensor.GetProperty("shape").EnumerateArray().Select(s => s.GetInt32())];
            var count = shape.Aggregate(1, (a, b) => a * b);
            _tensors.Add(tensor.GetProperty("name").GetString()!, (shape, data[..count].ToArray()));
            data = data[count..];
        }
    }

    public OnnxGraph Graph { get; }

    public long[] Classes { get; }

    /// <summary>Tensors differentiated by, the last stage last.</summary>
    public string[] Targets { get; }

    public (int[] Shape, float[] Values) this[string tensor] => _tensors[tensor];

    /// <summary>Grad-CAM: channels weighted by their mean gradient, each row scaled to a largest magnitude of 1. Not cut at 0, which would hide the errors of half the map.</summary>
    public static double[] ActivationMap(RuntimeTensor activation, RuntimeTensor gradient)
    {
        var (rows, channels, pixels) = (activation.Shape[0], activation.Shape[1], activation.Shape[2] * activation.Shape[3]);
        var maps = new double[rows * pixels];
        for (var row = 0; row < rows; row++)
        {
            var map = maps.AsSpan(row * pixels, pixels);
            for (var channel = 0; channel < channels; channel++)
            {
                var start = ((row * channels) + channel) * pixels;
                var weight = gradient.Values[start..(start + pixels)].Average();
                for (var p = 0; p < pixels; p++)
                {
                    map[p] += weight * activation.Values[start + p];
                }
            }

            double highest = 0;
            foreach (var value in map)
            {
                highest = Math.Max(highest, Math.Abs(value));
            }

            foreach (ref var value in map)
            {
                value /= highest;
            }
        }

        return maps;
    }
}
