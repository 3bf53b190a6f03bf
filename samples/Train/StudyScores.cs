using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Studies;

namespace CovidCtNet.Samples.Train;

/// <summary>The scores of a cross-validation for the commands that carry its figures on.</summary>
internal static class StudyScores
{
    /// <summary>Why a model leaks that carries figures of a cross-validation which does.</summary>
    public const string Why = "the folds of its cross-validation leak";

    /// <exception cref="LeakingSplitException">The folds leak, and <paramref name="allowLeaking"/> is false.</exception>
    public static IReadOnlyList<OutOfFoldSlice> Load(string study, bool allowLeaking)
    {
        var scores = CrossValidation.LoadScores(study);
        return allowLeaking || !scores.Any(s => s.Leaking)
            ? scores
            : throw new LeakingSplitException($"The folds of '{study}' leak, and so does every figure from them: cross-validate whole groups, or allow a leaking split by name with --allow-leaking.");
    }
}
