using System.Globalization;

namespace CovidCtNet.Lib.Training.Data;

/// <summary>Which slices train, which choose the epoch, threshold and calibration, and which are only tested on.</summary>
public sealed partial record DataSplit
{
    /// <summary>What every figure of a leaking split is labelled with.</summary>
    public const string LeakingLabel = "leaking split";

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

    /// <summary>Whether the manifest assigns folds: to all slices, or to none.</summary>
    /// <param name="slices">The slices.</param>
    /// <exception cref="DatasetException">Some slices have a fold and some have none: neither those folds nor others are what was asked for.</exception>
    public static bool HasFolds(IReadOnlyList<SliceRecord> slices)
    {
        ArgumentNullException.ThrowIfNull(slices);
        const int Named = 5;
        var without = slices.Where(s => s.Fold is null).Select(s => s.Path).ToArray();
        return without.Length == 0 || (without.Length == slices.Count ? false : throw new DatasetException(
            $"{without.Length} of {slices.Count} slices have no fold: {string.Join(", ", without.Take(Named).Select(p => $"'{p}'"))}{(without.Length > Named ? ", ..." : string.Empty)}. Give every row of the manifest a fold, or none."));
    }

    /// <summary>Splits by the manifest's folds: one to test, one to validate or none, the others to train.</summary>
    /// <returns>The split; labelled as leaking where a group lies in more than one fold, or groups are unknown.</returns>
    /// <exception cref="DatasetException">Slices without a fold, or a side without both classes.</exception>
    public static DataSplit ByFold(IReadOnlyList<SliceRecord> slices, int testFold, int? validationFold)
    {
        ArgumentNullException.ThrowIfNull(slices);
        if (validationFold is { } validates)
        {
            ArgumentOutOfRangeException.ThrowIfEqual(validates, testFold, nameof(validationFold));
        }

        if (slices.FirstOrDefault(s => s.Fold is null) is { } none)
        {
            throw new DatasetException($"'{none.Path}' has no fold: give every slice of the manifest a fold, or split by groups.");
        }

        // Folds that tear a group are said to leak rather than refused: an audit refuses them, unless they are allowed by name.
        var torn = slices.Where(s => s.Group is not null).GroupBy(s => s.Group).FirstOrDefault(g => g.Select(s => s.Fold).Distinct().Count() > 1);
        var folds = slices.Select(s => s.Fold!.Value).ToArray();
        return Create(
            slices,
            i => folds[i] == testFold ? SplitSide.Test : folds[i] == validationFold ? SplitSide.Validation : SplitSide.Train,
            string.Create(CultureInfo.InvariantCulture, $"folds{(torn is null ? " of whole groups" : string.Empty)}: test fold {testFold}, {Name(validationFold)}the others train{(torn is null ? string.Empty : $"; the group '{torn.Key}' lies in more than one fold")}"),
            leaking: torn is not null || slices.Any(s => s.Group is null),
            Needed(validationFold));
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
        var sides = new Dictionary<string, SplitSide>(StringComparer.Ordinal);
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
                var side = test < testShare * total ? SplitSide.Test : validation < validationShare * total ? SplitSide.Validation : SplitSide.Train;
                test += side == SplitSide.Test ? group.Count() : 0;
                validation += side == SplitSide.Validation ? group.Count() : 0;
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
            i => i < trainCount ? SplitSide.Train : SplitSide.Validation,
            "a validation set given with the training set, no test set",
            leaking: slices.Any(s => s.Group is null) || slices.Skip(trainCount).Any(s => trained.Contains(s.Group)),
            [SplitSide.Train, SplitSide.Validation]);
    }

    /// <summary>
    /// Draws single slices, the classes apart, whatever their groups: neighbouring slices of a scan land on both sides, so the split
    /// is labelled as leaking. Only for figures beside those of papers that split in this way.
    /// </summary>
    /// <param name="slices">The slices.</param>
    /// <param name="validationShare">Share of each class's slices to validate on, in (0, 1).</param>
    /// <param name="testShare">Share of each class's slices to test on, in (0, 1).</param>
    /// <param name="seed">The same seed gives the same split.</param>
    /// <exception cref="DatasetException">Too few slices to have both classes on each side.</exception>
    public static DataSplit RandomSlices(IReadOnlyList<SliceRecord> slices, double validationShare, double testShare, int seed)
    {
        ArgumentNullException.ThrowIfNull(slices);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(validationShare);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(testShare);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(validationShare + testShare, 1);
        var sides = new SplitSide[slices.Count];
        var random = new Random(seed);
        foreach (var positive in (bool[])[false, true])
        {
            // Ordered by path, so that the split depends on the slices and not on the order of the manifest.
            var drawn = Enumerable.Range(0, slices.Count).Where(i => slices[i].Positive == positive).OrderBy(i => slices[i].Path, StringComparer.Ordinal).ToArray();
            random.Shuffle(drawn);
            var test = (int)Math.Round(testShare * drawn.Length);
            var validation = (int)Math.Round(validationShare * drawn.Length);
            for (var i = 0; i < drawn.Length; i++)
            {
                sides[drawn[i]] = i < test ? SplitSide.Test : i < test + validation ? SplitSide.Validation : SplitSide.Train;
            }
        }

        return Create(
            slices,
            i => sides[i],
            string.Create(CultureInfo.InvariantCulture, $"random slices, groups ignored: {validationShare:P0} validation, {testShare:P0} test, seed {seed}"),
            leaking: true);
    }

    /// <summary>
    /// The splits of a cross-validation by stratified folds of whole groups (<see cref="GroupFolds"/>): each fold tests once, the next
    /// one validates where one is to, the others train.
    /// </summary>
    /// <param name="slices">The slices.</param>
    /// <param name="folds">How many folds, at least 3.</param>
    /// <param name="seed">The same seed gives the same folds.</param>
    /// <param name="validate">False leaves no fold to validate on: for runs of a fixed number of epochs, which then learn from one fold more.</param>
    /// <exception cref="DatasetException">A fold does not hold both classes.</exception>
    public static IReadOnlyList<DataSplit> GroupKFold(IReadOnlyList<SliceRecord> slices, int folds, int seed, bool validate = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 3);
        var fold = GroupFolds.Assign(slices, folds, seed);
        var leaking = slices.Any(s => s.Group is null);
        return [.. Enumerable.Range(0, folds).Select(test => Create(
            slices,
            i => fold[i] == test ? SplitSide.Test : fold[i] == Validation(test) ? SplitSide.Validation : SplitSide.Train,
            string.Create(CultureInfo.InvariantCulture, $"{folds} stratified folds of whole groups, seed {seed}: test fold {test}, {Name(Validation(test))}the others train"),
            leaking,
            Needed(Validation(test))))];

        int? Validation(int test) => validate ? (test + 1) % folds : null;
    }

    /// <summary>Every slice trains, and none is left to choose or test on: for the last run of a recipe whose figures a cross-validation gave.</summary>
    /// <param name="slices">The slices.</param>
    /// <exception cref="DatasetException">They are not of both classes.</exception>
    public static DataSplit Everything(IReadOnlyList<SliceRecord> slices)
    {
        ArgumentNullException.ThrowIfNull(slices);
        return Create(slices, _ => SplitSide.Train, "all slices train", leaking: false, [SplitSide.Train]);
    }

    /// <summary>The same sides, labelled as leaking: for a split in which an audit has found the same scan on two sides.</summary>
    /// <param name="reason">What was found, for the model contract.</param>
    public DataSplit AsLeaking(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return IsLeaking ? this : new DataSplit(Train, Validation, Test, $"{Description}; {reason}; {LeakingLabel}", leaking: true);
    }

    /// <summary>The side of each of <paramref name="count"/> slices; null for a slice that is on none.</summary>
    internal SplitSide?[] SidesOf(int count)
    {
        var sides = new SplitSide?[count];
        foreach (var (side, indices) in Sides)
        {
            foreach (var i in indices)
            {
                sides[i] = side;
            }
        }

        return sides;
    }

    /// <summary>The name of a set of figures, labelled where its split leaks.</summary>
    internal static string Labelled(string set, bool leaking) => leaking ? $"{set} ({LeakingLabel})" : set;

    private IEnumerable<(SplitSide Side, IReadOnlyList<int> Slices)> Sides => [(SplitSide.Train, Train), (SplitSide.Validation, Validation), (SplitSide.Test, Test)];

    // Without a group a slice stands for itself; the prefixes keep paths and group names apart.
    private static string Key(SliceRecord slice) => slice.Group is null ? "slice:" + slice.Path : "group:" + slice.Group;

    private static string Name(int? validationFold) => validationFold is { } fold ? string.Create(CultureInfo.InvariantCulture, $"validation fold {fold}, ") : string.Empty;

    private static SplitSide[] Needed(int? validationFold) => validationFold is null ? [SplitSide.Train, SplitSide.Test] : [SplitSide.Train, SplitSide.Validation, SplitSide.Test];

    private static DataSplit Create(IReadOnlyList<SliceRecord> slices, Func<int, SplitSide> sideOf, string description, bool leaking, SplitSide[]? sides = null)
    {
        var bySide = Enumerable.Range(0, slices.Count).ToLookup(sideOf);
        foreach (var side in sides ?? Enum.GetValues<SplitSide>())
        {
            if (bySide[side].Select(i => slices[i].Positive).Distinct().Count() < 2)
            {
                throw new DatasetException($"The {side.ToString().ToLowerInvariant()} side of the split ({description}) does not hold both classes: more groups are needed, or other folds.");
            }
        }

        return new DataSplit([.. bySide[SplitSide.Train]], [.. bySide[SplitSide.Validation]], [.. bySide[SplitSide.Test]], leaking ? $"{description}; {LeakingLabel}" : description, leaking);
    }
}
