using System.Numerics.Tensors;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>The checks that every entry point of this namespace shares.</summary>
internal static class Check
{
    public static void Cases(ReadOnlySpan<bool> labels, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights = default)
    {
        SameLength(labels.Length, scores.Length, "scores", nameof(scores));
        NotEmpty(labels);
        Finite(scores, nameof(scores));
        Weights(weights, labels.Length);
    }

    public static void SameLength(int cases, int others, string what, string name)
    {
        if (cases != others)
        {
            throw new EvaluationDataException(
                EvaluationFault.LengthMismatch,
                $"There are {cases} cases but {others} {what}: pass one for each case.",
                name);
        }
    }

    public static void NotEmpty(ReadOnlySpan<bool> labels)
    {
        if (labels.IsEmpty)
        {
            throw new EvaluationDataException(EvaluationFault.Empty, "There is no case to evaluate: pass at least one label and score.", nameof(labels));
        }
    }

    /// <summary>An empty list of groups means "no groups" further down, which the caller of a by-group member cannot have meant.</summary>
    public static void Groups<TGroup>(ReadOnlySpan<bool> labels, ReadOnlySpan<TGroup> groups) =>
        SameLength(labels.Length, groups.Length, "groups", nameof(groups));

    public static void Finite(ReadOnlySpan<double> values, string name)
    {
        // NaN and infinities make the sum not finite; so can an overflow, hence the second, exact look.
        if (double.IsFinite(TensorPrimitives.Sum(values)))
        {
            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new EvaluationDataException(
                    EvaluationFault.NotFinite,
                    $"Value {i} of '{name}' is {values[i]}: remove the case or give it a finite value (a probability instead of an infinite logit).",
                    name,
                    i);
            }
        }
    }

    public static void Probabilities(ReadOnlySpan<double> scores, string name = "scores")
    {
        for (int i = 0; i < scores.Length; i++)
        {
            if (!(scores[i] >= 0 && scores[i] <= 1))
            {
                throw NotProbability(scores[i], i, name);
            }
        }
    }

    public static EvaluationDataException NotProbability(double value, int? index, string name = "scores") => new(
        EvaluationFault.NotProbability,
        $"Score {(index is { } i ? $"{i} " : string.Empty)}is {value}, which is not a probability: calibration figures need scores in [0, 1]; apply the sigmoid to logits first.",
        name,
        index);

    public static void BothClasses(long positives, long negatives)
    {
        if (positives == 0 || negatives == 0)
        {
            throw OneClass(positives == 0 ? "negative" : "positive");
        }
    }

    public static EvaluationDataException OneClass(string only) => new(
        EvaluationFault.OneClass,
        $"All cases (that have weight) are {only}, and the figure compares two classes: pass cases of both classes.");

    public static void Level(double level)
    {
        if (!(level > 0 && level < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, "A confidence level lies between 0 and 1, for example 0.95.");
        }
    }

    /// <summary>Infinite thresholds are meaningful: none, or all, are called positive.</summary>
    public static void Threshold(double threshold)
    {
        if (double.IsNaN(threshold))
        {
            throw new ArgumentOutOfRangeException(nameof(threshold), threshold, "A threshold is a number.");
        }
    }

    public static void Fraction(double value, string name)
    {
        if (!(value >= 0 && value <= 1))
        {
            throw new ArgumentOutOfRangeException(name, value, $"'{name}' must lie in [0, 1].");
        }
    }

    private static void Weights(ReadOnlySpan<double> weights, int count)
    {
        if (weights.IsEmpty)
        {
            return;
        }

        SameLength(count, weights.Length, "weights", nameof(weights));
        Finite(weights, nameof(weights));
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (weights[i] < 0)
            {
                throw new EvaluationDataException(EvaluationFault.InvalidWeight, $"Weight {i} is {weights[i]}: weights must not be negative.", nameof(weights), i);
            }

            sum += weights[i];
        }

        if (sum == 0 || !double.IsFinite(sum))
        {
            throw new EvaluationDataException(EvaluationFault.InvalidWeight, $"The weights sum to {sum}: give at least one case a positive, finite weight.", nameof(weights));
        }
    }
}
