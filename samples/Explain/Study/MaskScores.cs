using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Agreement;
using CovidCtNet.Lib.Explanation.Annotations;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary>How well the joined map agrees with the masks of drawn slices, on average.</summary>
internal readonly record struct MaskScores(double AveragePrecision, double Pointing, double Energy)
{
    public const string Header = "pixel AP  pointing game  energy inside";

    public static MaskScores Of(CovidCtModel model, (CtImage Image, InfectionAnnotation Annotation)[] slices, ExplainOptions options, CancellationToken cancellationToken)
    {
        MaskAgreement[] agreements =
            [.. slices.Select(s => MaskAgreement.Compute(model.Explain(s.Image, AttentionMethod.FusedGradCam, options, null, cancellationToken), s.Annotation))];
        return new(agreements.Average(a => a.AveragePrecision), agreements.Average(a => a.Pointing), agreements.Average(a => a.Energy));
    }

    public override string ToString() => FormattableString.Invariant($"{AveragePrecision,8:F3}  {Pointing,13:F3}  {Energy,13:F3}");
}
