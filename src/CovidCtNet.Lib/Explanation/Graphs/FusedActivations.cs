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
        List<(string Tensor, AttentionMethod Method, OnnxCellGrid? Looking)> factors = [.. layers.Select(l => (l, AttentionMethod.GradCam, gridOf(l)))];
        if (fine is not null)
        {
            factors.Add((fine, AttentionMethod.LayerCam, null));
        }

        string[] tensors = [.. factors.Select(f => f.Tensor).Distinct(StringComparer.Ordinal)];
        var name = string.Join(" + ", factors.Select(f => f.Method == AttentionMethod.LayerCam ? $"Layer-CAM of {f.Tensor}" : f.Tensor));
        sessions.Gradient(tensors).Run(
            batch.Inputs,
            batch.Input.Shape(batch.Count),
            context.Classes,
            (first, count, outputs) => Threads.For(count, batch.ThreadCount, part =>
            {
                var i = first + part;
                var placement = batch.Placements[i];
                var sign = context.SignOf(i, scores);
                var found = factors.ConvertAll(factor =>
                {
                    var layer = new LayerGradients(outputs, Array.IndexOf(tensors, factor.Tensor), part);
                    var scaled = AttentionMap.Scale(layer.Map(factor.Method, sign), AttentionScaling.Positive);
                    return MapGeometry.ToInput(scaled, layer.Width, layer.Height, factor.Looking, placement);
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
