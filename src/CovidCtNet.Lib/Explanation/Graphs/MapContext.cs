using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>What the methods of one batch share: slices, classes, options, and the run that all class activation maps use.</summary>
internal sealed class MapContext(
    ExplainBatch batch, int[] classes, ExplainOptions options, Func<AttentionMethod, string?, int?, double?, AttentionSource> sourceOf)
{
    private Dictionary<AttentionMethod, AttentionMap[]>? _activations;

    public ExplainBatch Batch => batch;

    public int[] Classes => classes;

    public ExplainOptions Options => options;

    /// <summary>One logit is that of class 1; class 0 has the opposite one.</summary>
    public float SignOf(int sample, ClassScores scores) => scores.Elements == 1 && classes[sample] == 0 ? -1 : 1;

    public AttentionMap Map(
        int sample, AttentionMethod method, string? layer, bool ofClass, double? logOdds, float[] raw, int width, int height, AttentionScaling scaling, OcclusionError? error = null)
    {
        if (raw.AsSpan().ContainsAnyExceptInRange(float.MinValue, float.MaxValue))
        {
            throw new ExplanationException($"The map of {batch.Images[sample].SourceName ?? "a slice"} has values that are no finite numbers. Check the model on a phantom (CtPhantom).");
        }

        var source = sourceOf(method, layer, ofClass ? classes[sample] : null, logOdds);
        return AttentionMap.FromOwned(batch.Images[sample], batch.Placements[sample], raw, width, height, scaling, source, error);
    }

    /// <summary>The class activation maps asked for, all from one run.</summary>
    public Dictionary<AttentionMethod, AttentionMap[]> ClassActivations(
        Func<string, ExplainSession> sessionOf, string layer, IReadOnlyList<AttentionMethod> methods, ClassScores scores)
    {
        if (_activations is not null)
        {
            return _activations;
        }

        AttentionMethod[] wanted = [.. methods.Distinct().Where(m => m is AttentionMethod.GradCam or AttentionMethod.GradCamPlusPlus or AttentionMethod.LayerCam)];
        var found = wanted.ToDictionary(m => m, _ => new AttentionMap[batch.Count]);
        sessionOf(layer).Run(
            batch.Inputs,
            batch.Input.Shape(batch.Count),
            classes,
            (first, count, outputs) => Threads.For(count, batch.ThreadCount, part =>
            {
                var i = first + part;
                var gradients = new LayerGradients(outputs, 0, part);
                var logOdds = scores.LogOdds(outputs[0].GetTensorDataAsSpan<float>().Slice(part * scores.Elements, scores.Elements), classes[i]);
                var sign = SignOf(i, scores);
                foreach (var method in wanted)
                {
                    found[method][i] = Map(i, method, layer, true, logOdds, gradients.Map(method, sign), gradients.Width, gradients.Height, AttentionScaling.Positive);
                }
            }),
            batch.Cancellation);
        return _activations = found;
    }
}
