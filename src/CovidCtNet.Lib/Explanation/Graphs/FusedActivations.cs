using System.Numerics.Tensors;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>
/// Grad-CAM of several layers, joined at the network's input; all layers' gradients come from one run. Each cell is put where it looks:
/// maps that are only stretched over the input lie beside one another by up to half a cell of the coarsest. Finer layers give their Layer-CAM,
/// because mean gradients say little about a layer whose channels are not yet for one thing; their cells are small and they are stretched.
/// They show much the same at one scale, so their mean has one vote.
/// </summary>
internal static class FusedActivations
{
    public static AttentionMap[] Compute(MapContext context, SessionCache sessions, Func<string, OnnxCellGrid?> gridOf, string[] layers, string[] fine, ClassScores scores)
    {
        var batch = context.Batch;
        var maps = new AttentionMap[batch.Count];
        var grids = Array.ConvertAll(layers, l => gridOf(l));
        string[] tensors = [.. layers.Union(fine, StringComparer.Ordinal)];
        var name = string.Join(" + ", fine.Length == 0 ? layers : [.. layers, $"Layer-CAM of {string.Join(" and ", fine)}"]);
        sessions.Gradient(tensors).Run(
            batch.Inputs,
            batch.Input.Shape(batch.Count),
            context.Classes,
            (first, count, outputs) => Threads.For(count, batch.ThreadCount, part =>
            {
                var i = first + part;
                var placement = batch.Placements[i];
                var sign = context.SignOf(i, scores);
                List<float[]> found = [.. layers.Select((l, k) => AtInput(l, AttentionMethod.GradCam, grids[k]))];
                if (fine.Length > 0)
                {
                    // A factor makes no difference to the joined map, which is scaled: the sum does for the mean.
                    found.Add(Sum([.. fine.Select(l => AtInput(l, AttentionMethod.LayerCam, null))]));
                }

                var logOdds = scores.LogOdds(outputs[0].GetTensorDataAsSpan<float>().Slice(part * scores.Elements, scores.Elements), context.Classes[i]);
                maps[i] = context.Map(
                    i, AttentionMethod.FusedGradCam, name, true, logOdds, Join(found), placement.TargetWidth, placement.TargetHeight, AttentionScaling.Positive);

                float[] AtInput(string tensor, AttentionMethod method, OnnxCellGrid? looking)
                {
                    var layer = new LayerGradients(outputs, Array.IndexOf(tensors, tensor), part);
                    var scaled = AttentionMap.Scale(layer.Map(method, sign), AttentionScaling.Positive);
                    return MapGeometry.ToInput(scaled, layer.Width, layer.Height, looking, placement);
                }
            }),
            batch.Cancellation);
        return maps;
    }

    private static float[] Sum(float[][] maps)
    {
        var sum = maps[0];
        foreach (var map in maps.AsSpan(1))
        {
            TensorPrimitives.Add(sum, map, sum);
        }

        return sum;
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
