using System.Numerics.Tensors;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>
/// Grad-CAM of several layers, joined at the network's input; all layers' gradients come from one run. Each cell is put where it looks:
/// maps that are only stretched over the input lie beside one another by up to half a cell of the coarsest. A finer layer gives its Layer-CAM,
/// because mean gradients say little about a layer whose channels are not yet for one thing; its cells are small and it is stretched.
/// </summary>
internal static class FusedActivations
{
    public static AttentionMap[] Compute(MapContext context, SessionCache sessions, Func<string, OnnxCellGrid?> gridOf, string[] layers, string? fine, ClassScores scores)
    {
        var batch = context.Batch;
        var maps = new AttentionMap[batch.Count];
        (string Tensor, bool IsFine, OnnxCellGrid? Looking)[] factors = [.. layers.Select(l => (l, false, gridOf(l))), .. fine is null ? [] : (ReadOnlySpan<(string, bool, OnnxCellGrid?)>)[(fine, true, null)]];
        string[] tensors = [.. factors.Select(f => f.Tensor).Distinct(StringComparer.Ordinal)];
        var name = string.Join(" + ", factors.Select(f => f.IsFine ? $"Layer-CAM of {f.Tensor}" : f.Tensor));
        sessions.Gradient(tensors).Run(
            batch.Inputs,
            batch.Input.Shape(batch.Count),
            context.Classes,
            (first, count, outputs) => Threads.For(count, batch.ThreadCount, part =>
            {
                var i = first + part;
                var placement = batch.Placements[i];
                var sign = context.SignOf(i, scores);
                var found = Array.ConvertAll(factors, factor =>
                {
                    var values = outputs[(2 * Array.IndexOf(tensors, factor.Tensor)) + 1];
                    var gradients = outputs[(2 * Array.IndexOf(tensors, factor.Tensor)) + 2];
                    var shape = values.GetTensorTypeAndShape().Shape;
                    var (channels, height, width) = ((int)shape[1], (int)shape[2], (int)shape[3]);
                    var length = channels * height * width;
                    var a = values.GetTensorDataAsSpan<float>().Slice(part * length, length);
                    var g = gradients.GetTensorDataAsSpan<float>().Slice(part * length, length);
                    var raw = factor.IsFine ? ClassActivation.LayerCam(a, g, channels, sign) : ClassActivation.GradCam(a, g, channels, sign);
                    return MapGeometry.ToInput(AttentionMap.Scale(raw, AttentionScaling.Positive), width, height, factor.Looking, placement);
                });
                var logOdds = scores.LogOdds(outputs[0].GetTensorDataAsSpan<float>().Slice(part * scores.Elements, scores.Elements), context.Classes[i]);
                maps[i] = context.Map(
                    i, AttentionMethod.FusedGradCam, name, true, logOdds, Join(found), placement.TargetWidth, placement.TargetHeight, AttentionScaling.Positive);
            }),
            batch.Cancellation);
        return maps;
    }

    /// <summary>
    /// The geometric mean. A layer that says nothing about the class (a map of zeros) has no vote: it would silence all others.
    /// </summary>
    internal static float[] Join(IReadOnlyList<float[]> maps)
    {
        float[][] saying = [.. maps.Where(m => TensorPrimitives.Max<float>(m) > 0)];
        if (saying.Length == 0)
        {
            return new float[maps[0].Length];
        }

        var joined = saying[0].ToArray();
        foreach (var map in saying.AsSpan(1))
        {
            TensorPrimitives.Multiply(joined, map, joined);
        }

        TensorPrimitives.RootN(joined, saying.Length, joined);
        return joined;
    }
}
