using CovidCtNet.Lib.Inference;
using CovidCtNet.Samples.Evaluate.Figures;

namespace CovidCtNet.Samples.Evaluate.Report;

/// <summary>
/// What STARD 2015 (Bossuyt et al., BMJ 2015; 351: h5527) and CLAIM (Mongan et al., Radiology: AI 2020; 2: e200029) ask for, and where
/// this report answers. A program can only answer the part that lies in its data.
/// </summary>
internal static class Checklist
{
    public static IReadOnlyList<ChecklistItem> For(EvaluationResult result, ModelContract? contract, bool comparison, bool overlays) =>
    [
        new("STARD 1", "Identified as a study of diagnostic accuracy, with a measure of it", "summary"),
        new("STARD 3 / CLAIM 3", "Scientific and clinical background, intended use of the test", contract is null ? null : "model"),
        new("STARD 5 / CLAIM 5", "Prospective or retrospective design", null),
        new("STARD 6-9 / CLAIM 7-8", "Eligibility, where and when cases were found, how they were sampled", null),
        new("STARD 10a / CLAIM 22", "The index test in enough detail to repeat it", contract is null ? null : "model"),
        new("STARD 10b-11 / CLAIM 14-18", "Reference standard, why it was chosen, who read it and how well readers agreed", null),
        new("STARD 12a", "Threshold of the index test, and whether it was chosen beforehand", "threshold"),
        new("STARD 13", "Whether readers of test and reference standard knew of each other's result", null),
        new("STARD 14 / CLAIM 28-29", "Methods for estimating and comparing accuracy, and its uncertainty", "methods"),
        new("STARD 15-16 / CLAIM 13", "Indeterminate results and missing data", "cases"),
        new("STARD 18 / CLAIM 19", "Intended sample size, and how it was set", null),
        new("STARD 19 / CLAIM 33", "Flow of participants", null),
        new("STARD 20-22 / CLAIM 34", "Age, sex, severity, other diagnoses, time between test and reference standard", null),
        new("STARD 23", "Cross-table of test and reference standard", "confusion"),
        new("STARD 24 / CLAIM 36", "Estimates of accuracy with their precision", "figures"),
        new("CLAIM 9", "Preprocessing", contract is null ? null : "model"),
        new("CLAIM 20-21", "How data were split, and at which level (patient, scan, slice) the parts are disjoint", contract?.Training is null ? null : "model"),
        new("CLAIM 25-26", "Training, and how the final model was chosen", contract?.Training is null ? null : "model"),
        new("CLAIM 30", "Robustness and sensitivity analyses", null),
        new("CLAIM 31", "Explanation of single results", overlays ? "mistakes" : null),
        new("CLAIM 32", "Test on external data", null),
        new("CLAIM 35", "Comparison with another model or with readers", comparison ? "comparison" : null),
        new("CLAIM 37", "Analysis of wrongly classified cases", result.Confusion.FalsePositives + result.Confusion.FalseNegatives > 0 ? "mistakes" : "confusion"),
        new("STARD 26 / CLAIM 38", "Limitations: bias, uncertainty, generality", "audit"),
        new("STARD 27 / CLAIM 39", "Meaning for practice", null),
        new("STARD 28-30 / CLAIM 40-42", "Registration, protocol, funding", null),
    ];
}
