using System.Text.Json;
using CovidCtNet.Lib.Training.Optimisation;
using CovidCtNet.Lib.Training.Runs;

namespace CovidCtNet.Lib.Training.Studies;

/// <summary>A sweep: one run for each variant, split and seed.</summary>
public sealed record SweepOptions
{
    /// <summary>What all runs have in common.</summary>
    public required TrainingOptions Base { get; init; }

    /// <summary>Optimizers of the grid optimizer x learning rate x loss; empty for no grid.</summary>
    public IReadOnlyList<OptimizerKind> Optimizers { get; init; } = [];

    /// <summary>Learning rates of the grid.</summary>
    public IReadOnlyList<double> LearningRates { get; init; } = [];

    /// <summary>Losses of the grid.</summary>
    public IReadOnlyList<LossKind> Losses { get; init; } = [LossKind.BinaryCrossEntropy];

    /// <summary>Rows beside the grid.</summary>
    public IReadOnlyList<SweepVariant> Variants { get; init; } = [];

    /// <summary>Seeds; each row is the mean over them. All rows are run with the first before any is run with the second.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [1, 2, 3];

    /// <summary>Splits; every row is run on each.</summary>
    public IReadOnlyList<SweepSplit> Splits { get; init; } = [SweepSplit.Groups];

    /// <summary>True runs a split by groups in which the audit finds the same scan on two sides, labelled; false refuses it.</summary>
    public bool AllowLeaking { get; init; }

    /// <summary>Fold of the manifest that is tested on.</summary>
    public int TestFold { get; init; }

    /// <summary>Fold of the manifest that chooses the epoch.</summary>
    public int ValidationFold { get; init; } = 1;

    /// <summary>The grid and the rows beside it, each once.</summary>
    internal IReadOnlyList<TrainingOptions> Rows =>
    [
        .. (from optimizer in Optimizers
            from rate in LearningRates
            from loss in Losses
            select new SweepVariant { Optimizer = optimizer, LearningRate = rate, Loss = loss })
            .Concat(Variants).Select(v => v.Apply(Base)).DistinctBy(SweepVariant.NameOf),
    ];

    /// <summary>Reads a sweep file.</summary>
    /// <exception cref="TrainingException">The text is not JSON, or a value is unknown or out of range.</exception>
    public static SweepOptions FromJson(string json)
    {
        try
        {
            return JsonSerializer.Deserialize<SweepOptions>(json, RunJson.Options) ?? throw new JsonException("The text is null.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new TrainingException($"The sweep cannot be read: {e.Message}", e);
        }
    }

    /// <summary>These options as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, RunJson.Options);

    /// <exception cref="TrainingException">There is nothing to run.</exception>
    internal void Validate()
    {
        if (Rows.Count == 0 || Seeds.Count == 0 || Splits.Count == 0)
        {
            throw new TrainingException("The sweep has no rows, no seeds or no splits: give optimizers and learning rates, or variants, and at least one seed and split.");
        }
    }
}
