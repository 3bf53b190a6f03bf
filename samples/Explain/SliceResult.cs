using CovidCtNet.Lib.Explanation.Agreement;

namespace CovidCtNet.Samples.Explain;

/// <summary>What was measured of one map.</summary>
/// <param name="Slice">The slice's file.</param>
/// <param name="Group">Its scan, as far as it is known.</param>
/// <param name="Label">The kind of map.</param>
/// <param name="Probability">The probability of the class; null where the map has none.</param>
/// <param name="Place">Where the attention lies.</param>
/// <param name="Agreement">Agreement with the annotation; null where there is none or it is empty.</param>
/// <param name="Blob">That of the centred blob.</param>
internal sealed record SliceResult(
    string Slice, string Group, string Label, double? Probability, AttentionPlace Place, MaskAgreement? Agreement, MaskAgreement? Blob);
