using System.Numerics.Tensors;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>Maps from the gradient of the class score by the input, per unit of the normalised input and summed over its channels.</summary>
internal static class InputGradients
{
    public static AttentionMap[] Plain(MapContext context, ExplainSession session, ClassScores scores)
    {
        var batch = context.Batch;
        var maps = new AttentionMap[batch.Count];
        session.Run(
            batch.Inputs,
            batch.Input.Shape(batch.Count),
            context.Classes,
            (first, count, outputs) =>
            {
                var logits = outputs[0].GetTensorDataAsSpan<float>();
                var gradients = outputs[2].GetTensorDataAsSpan<float>();
                for (var i = first; i < first + count; i++)
                {
                    var raw = batch.Input.SumChannels(gradients.Slice((i - first) * batch.Input.Length, batch.Input.Length));
                    TensorPrimitives.Multiply(raw, context.SignOf(i, scores), raw);
                    var logOdds = scores.LogOdds(logits.Slice((i - first) * scores.Elements, scores.Elements), context.Classes[i]);
                    maps[i] = Map(context, i, AttentionMethod.InputGradient, logOdds, raw);
                }
            },
            batch.Cancellation);
        return maps;
    }

    /// <summary>Mean gradient over copies with Gaussian noise (Smilkov et al. 2017, section 2).</summary>
    public static AttentionMap[] Smooth(MapContext context, ExplainSession session, ClassScores scores, int batchSize)
    {
        var (batch, options) = (context.Batch, context.Options);
        var maps = new AttentionMap[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            // A generator of its own for each slice: its map does not depend on the batch it is in.
            var random = new Random(options.Seed);
            var input = batch.Inputs[i];
            var deviation = options.SmoothGradNoise * (TensorPrimitives.Max<float>(input) - TensorPrimitives.Min<float>(input));
            var sum = Sum(context, session, i, options.SmoothGradSamples, batchSize, (_, copy) => AddNoise(input, copy, batch.Input, deviation, random));
            var raw = batch.Input.SumChannels(sum);
            TensorPrimitives.Multiply(raw, context.SignOf(i, scores) / options.SmoothGradSamples, raw);
            maps[i] = Map(context, i, AttentionMethod.SmoothGrad, null, raw);
        }

        return maps;
    }

    /// <summary>
    /// (x - x') times the mean gradient along the path from the baseline x' (Sundararajan et al. 2017, eq. 1), by the midpoint rule, whose
    /// error falls with the square of the steps where eq. 3's right ends fall with the steps.
    /// </summary>
    public static AttentionMap[] Integrated(MapContext context, ExplainSession session, ClassScores scores, int batchSize)
    {
        var (batch, options) = (context.Batch, context.Options);
        var maps = new AttentionMap[batch.Count];
        for (var i = 0; i < batch.Count; i++)
        {
            var input = batch.Inputs[i];
            var fill = options.Baseline switch
            {
                GradientBaseline.Black => OcclusionFill.Zero,
                GradientBaseline.Mean => OcclusionFill.Mean,
                _ => OcclusionFill.Blurred,
            };
            var baseline = batch.Input.Filled(input, batch.Placements[i], fill, Math.Min(batch.Input.Width, batch.Input.Height) / 8.0);
            var difference = new float[input.Length];
            TensorPrimitives.Subtract(input, baseline, difference);
            var steps = options.IntegrationSteps;
            var sum = Sum(
                context, session, i, steps, batchSize,
                (step, copy) => TensorPrimitives.MultiplyAdd(difference, (step + 0.5f) / steps, baseline, copy));
            TensorPrimitives.Multiply(sum, difference, sum);
            var raw = batch.Input.SumChannels(sum);
            TensorPrimitives.Multiply(raw, context.SignOf(i, scores) / steps, raw);
            maps[i] = Map(context, i, AttentionMethod.IntegratedGradients, null, raw);
        }

        return maps;
    }

    private delegate void WriteCopy(int number, Span<float> copy);

    /// <summary>The sum of gradients over changed copies of one slice.</summary>
    private static float[] Sum(
        MapContext context, ExplainSession session, int sample, int copies, int batchSize, WriteCopy write)
    {
        var input = context.Batch.Input;
        var sum = new float[input.Length];
        float[][] values = [.. Enumerable.Range(0, Math.Min(batchSize, copies)).Select(_ => new float[input.Length])];
        for (var start = 0; start < copies; start += batchSize)
        {
            var count = Math.Min(batchSize, copies - start);
            for (var i = 0; i < count; i++)
            {
                write(start + i, values[i]);
            }

            session.Run(
                values.AsSpan(0, count),
                input.Shape(count),
                [.. Enumerable.Repeat(context.Classes[sample], count)],
                (_, valid, outputs) =>
                {
                    var gradients = outputs[2].GetTensorDataAsSpan<float>();
                    for (var i = 0; i < valid; i++)
                    {
                        TensorPrimitives.Add(sum, gradients.Slice(i * input.Length, input.Length), sum);
                    }
                },
                context.Batch.Cancellation);
            context.Batch.Progress((sample + ((double)(start + count) / copies)) / context.Batch.Count);
        }

        return sum;
    }

    /// <summary>The same noise in every channel, as the slice is the same in every channel.</summary>
    private static void AddNoise(float[] input, Span<float> copy, GraphInput shape, double deviation, Random random)
    {
        for (var p = 0; p < shape.Plane; p++)
        {
            // Box and Muller, Annals of Mathematical Statistics 1958.
            var noise = (float)(deviation * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
            for (var channel = 0; channel < shape.Channels; channel++)
            {
                copy[(channel * shape.Plane) + p] = input[(channel * shape.Plane) + p] + noise;
            }
        }
    }

    private static AttentionMap Map(MapContext context, int sample, AttentionMethod method, double? logOdds, float[] raw) =>
        context.Map(sample, method, null, true, logOdds, raw, context.Batch.Input.Width, context.Batch.Input.Height, AttentionScaling.Magnitude);
}
