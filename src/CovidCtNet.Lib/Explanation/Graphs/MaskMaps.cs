using System.Numerics.Tensors;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>The soft masks of attention modules: M in (1 + M) * T (Wang et al. 2017, eq. 3), averaged over the channels.</summary>
internal static class MaskMaps
{
    public static AttentionMap[] Compute(MapContext context, SessionCache sessions, List<string> masks, string name)
    {
        if (masks.Count == 0)
        {
            throw new ExplanationException($"{name} has no attention masks. Choose another method, such as grad-cam.");
        }

        if (context.Options.AttentionModule > masks.Count)
        {
            throw new ExplanationException($"{name} has {masks.Count} attention modules; module {context.Options.AttentionModule} does not exist.");
        }

        var batch = context.Batch;
        var maps = new AttentionMap[batch.Count];
        sessions.ChannelMeans(masks).Run(
            batch.Inputs,
            batch.Input.Shape(batch.Count),
            context.Classes,
            (first, count, outputs) =>
            {
                for (var i = first; i < first + count; i++)
                {
                    maps[i] = context.Options.AttentionModule is { } module ? One(i, module) : Mean(i);
                }

                AttentionMap One(int sample, int module)
                {
                    var (raw, width, height) = Plane(sample, module - 1);
                    return context.Map(sample, AttentionMethod.AttentionMask, masks[module - 1], false, null, raw, width, height, AttentionScaling.Range);
                }

                AttentionMap Mean(int sample)
                {
                    var (w, h) = (batch.Input.Width, batch.Input.Height);
                    var sum = new float[w * h];
                    var enlarged = new float[w * h];
                    for (var m = 0; m < masks.Count; m++)
                    {
                        var (raw, width, height) = Plane(sample, m);
                        Resampler.Resize(raw, width, height, enlarged, w, w, h);
                        TensorPrimitives.Add(sum, enlarged, sum);
                    }

                    TensorPrimitives.Divide(sum, masks.Count, sum);
                    return context.Map(sample, AttentionMethod.AttentionMask, null, false, null, sum, w, h, AttentionScaling.Range);
                }

                (float[] Raw, int Width, int Height) Plane(int sample, int mask)
                {
                    var shape = outputs[mask].GetTensorTypeAndShape().Shape;
                    var (height, width) = ((int)shape[2], (int)shape[3]);
                    return (outputs[mask].GetTensorDataAsSpan<float>().Slice((sample - first) * width * height, width * height).ToArray(), width, height);
                }
            },
            batch.Cancellation);
        return maps;
    }
}
