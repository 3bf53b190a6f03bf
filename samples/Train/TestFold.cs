using System.Globalization;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Samples.Train;

/// <summary>Whether a fold that a finished model is to be tested on is one that it was trained on.</summary>
internal static class TestFold
{
    /// <summary>
    /// Asks the <c>split.csv</c> beside the model, and where there is none its contract, which can only speak for data of the same name.
    /// Says so on the console where neither tells.
    /// </summary>
    /// <exception cref="LeakingSplitException">The model was trained on slices of the fold, and <paramref name="allowLeaking"/> is false.</exception>
    public static bool IsLeaking(
        string model, ModelTraining? training, string data, int fold, IReadOnlyList<SliceRecord> test, IReadOnlyList<SliceRecord> slices, bool allowLeaking)
    {
        string? why;
        if (StartingRun.SlicesKnownTo(model, test, slices) is { } known)
        {
            why = known.Count == 0 ? null : $"'{model}' was trained on {known.Count} of the {test.Count} slices of fold {fold}, or others of their scan groups, the first: '{known[0].Path}'";
        }
        else if (training is not null && training.Data == DescriptionOptions.NameOf(data) && Tested(training.Split) is { } tested)
        {
            why = tested == fold ? null : $"the contract of '{model}' says of these data: {training.Split}";
        }
        else
        {
            Console.WriteLine($"Whether '{model}' was trained on slices of fold {fold} cannot be checked: there is no split.csv beside it. Its contract: {training?.Split ?? "says nothing"}.");
            why = null;
        }

        return why is null || allowLeaking
            ? why is not null
            : throw new LeakingSplitException($"The fold leaks: {why}. Name the fold that the model did not see, or allow a leaking split by name with --allow-leaking.");
    }

    // The fold that a contract says was tested on; none where every slice was trained on, null where the split is no split by folds of a manifest.
    private static int? Tested(string split)
    {
        const string None = "all slices train";
        const string ByFold = "folds of whole groups: test fold ";
        return split.StartsWith(None, StringComparison.Ordinal) ? -1
            : split.StartsWith(ByFold, StringComparison.Ordinal) && int.TryParse(split[ByFold.Length..].Split(',', ';')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var fold) ? fold
            : null;
    }
}
