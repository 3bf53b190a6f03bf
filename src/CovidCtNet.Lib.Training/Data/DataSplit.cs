using System.Globalization;
using System.Text;

namespace CovidCtNet.Lib.Training.Data;

/// <summary>Which slices train, which choose the epoch, threshold and calibration, and which are only tested on.</summary>
public sealed record DataSplit
{
    private DataSplit(IReadOnlyList<int> train, IReadOnlyList<int> validation, IReadOnlyList<int> test, string description, bool leaking)
    {
        Train = train;
        Validation = validation;
        Test = test;
        Description = description;
        IsLeaking = leaking;
    }

    /// <summary>Indices of the slices to train on.</summary>
    public IReadOnlyList<int> Train { get; }

    /// <summary>Indices of the slices that choose epoch, threshold and temperature.</summary>
    public IReadOnlyList<int> Validation { get; }

    /// <summary>Indices of the slices that nothing is chosen on.</summary>
    public IReadOnlyList<int> Test { get; }

    /// <summary>How the split was made, for the model contract.</summary>
    public string Description { get; }

    /// <summary>
    /// True where slices of one scan may stand on two sides, as in any split by slice: figures from it are too good to be true.
    /// </summary>
    public bool IsLeaking { get; }

    /// <summary>Splits by the manifest's folds: one to test, one to validate, the others to train.</summary>
    /// <exception cref="DatasetException">Slices without a fold, a fold that is empty, or a group in more than one fold.</exception>
    public static DataSplit ByFold(IReadOnlyList<SliceRecord> slices, int testFold, int validationFold)
    {
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentOutOfRangeException.ThrowIfEqual(validationFold, testFold);
        if (slices.FirstOrDefault(s => s.Fold is null) is { } none)
        {
            throw new DatasetException($"'{none.Path}' has no fold: give every slice of the manifest a fold, or split by groups.");
        }

        var torn = slices.Where(s => s.Group is not null).GroupBy(s => s.Group).FirstOrDefault(g => g.Select(s => s.Fold).Distinct().Count() > 1);
        if (torn is not null)
        {
            throw new DatasetException($"The group '{torn.Key}' lies in more than one fold, so the folds leak: give each group one fold.");
        }

        var folds = slices.Select(s => s.Fold!.Value).ToArray();
        return Create(
            slices,
            i => folds[i] == testFold ? Side.Test : folds[i] == validationFold ? Side.Validation : Side.Train,
            string.Create(CultureInfo.InvariantCulture, $"folds of whole groups: test fold {testFold}, validation fold {validationFold}, the others train"),
            leaking: slices.Any(s => s.Group is null));
    }

    /// <summary>
    /// Draws whole groups, the classes apart, until the shares are reached. Where groups are unknown every slice stands for
    /// itself, and the split is marked as leaking.
    /// </summary>
    /// <param name="slices">The slices.</param>
    /// <param name="validationShare">Share of each class's slices to validate on, in (0, 1).</param>
    /// <param name="testShare">Share of each class's slices to test on, in (0, 1).</param>
    /// <param name="seed">The same seed gives the same split.</param>
    /// <exception cref="DatasetException">Too few groups to have both classes on each side.</exception>
    public static DataSplit HoldOut(IReadOnlyList<SliceRecord> slices, double validationShare, double testShare, int seed)
    {
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(validationShare);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(testShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(validationShare + testShare, 1);
        var leaking = slices.Any(s => s.Group is null);
        var sides = new Dictionary<string, Side>(StringComparer.Ordinal);
        var random = new Random(seed);

        // A group with both labels is dealt with its majority, so that it is dealt once.
        foreach (var label in slices.GroupBy(Key).GroupBy(g => g.Count(s => s.Positive) * 2 > g.Count()).OrderBy(g => g.Key))
        {
            var groups = label.OrderBy(g => g.Key, StringComparer.Ordinal).ToArray();
            random.Shuffle(groups);
            var total = groups.Sum(g => g.Count());
            var (test, validation) = (0, 0);
            foreach (var group in groups)
            {
                var side = test < testShare * total ? Side.Test : validation < validationShare * total ? Side.Validation : Side.Train;
                test += side == Side.Test ? group.Count() : 0;
                validation += side == Side.Validation ? group.Count() : 0;
                sides[group.Key] = side;
            }
        }

        return Create(
            slices,
            i => sides[Key(slices[i])],
            string.Create(CultureInfo.InvariantCulture, $"{(leaking ? "random slices (groups unknown)" : "random whole groups")}: {validationShare:P0} validation, {testShare:P0} test, seed {seed}"),
            leaking);
    }

    /// <summary>A validation set of its own behind a training set, and no test side.</summary>
    /// <param name="slices">The training slices, and behind them those to validate on.</param>
    /// <param name="trainCount">How many of them train.</param>
    /// <exception cref="DatasetException">A side does not hold both classes.</exception>
    internal static DataSplit TrainAndValidation(IReadOnlyList<SliceRecord> slices, int trainCount)
    {
        var trained = slices.Take(trainCount).Select(s => s.Group).ToHashSet(StringComparer.Ordinal);
        return Create(
            slices,
            i => i < trainCount ? Side.Train : Side.Validation,
            "a validation set given with the training set, no test set",
            leaking: slices.Any(s => s.Group is null) || slices.Skip(trainCount).Any(s => trained.Contains(s.Group)),
            [Side.Train, Side.Validation]);
    }

    /// <summary>Writes the split as CSV: <c>path,label,group,side</c>.</summary>
    public void Save(string path, IReadOnlyList<SliceRecord> slices)
    {
        ArgumentNullException.ThrowIfNull(slices);
        var text = new StringBuilder("path,label,group,side\n");
        foreach (var (side, indices) in (IEnumerable<(string, IReadOnlyList<int>)>)[("train", Train), ("validation", Validation), ("test", Test)])
        {
            foreach (var i in indices)
            {
                text.Append(CultureInfo.InvariantCulture, $"\"{slices[i].Path.Replace("\"", "\"\"", StringComparison.Ordinal)}\",{slices[i].Label},{slices[i].Group},{side}\n");
            }
        }

        AtomicText.Write(path, text.ToString());
    }

    // Without a group a slice stands for itself; the prefixes keep paths and group names apart.
    private static string Key(SliceRecord slice) => slice.Group is null ? "slice:" + slice.Path : "group:" + slice.Group;

    private static DataSplit Create(IReadOnlyList<SliceRecord> slices, Func<int, Side> sideOf, string description, bool leaking, Side[]? sides = null)
    {
        var bySide = Enumerable.Range(0, slices.Count).ToLookup(sideOf);
        foreach (var side in sides ?? Enum.GetValues<Side>())
        {
            if (bySide[side].Select(i => slices[i].Positive).Distinct().Count() < 2)
            {
                throw new DatasetException($"The {side.ToString().ToLowerInvariant()} side of the split ({description}) does not hold both classes: more groups are needed, or other folds.");
            }
        }

        return new DataSplit([.. bySide[Side.Train]], [.. bySide[Side.Validation]], [.. bySide[Side.Test]], leaking ? description + "; leaking split" : description, leaking);
    }

    private enum Side
    {
        Train,
        Validation,
        Test,
    }
}
