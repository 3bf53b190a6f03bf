using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>What an evaluation reads from scored data.</summary>
internal sealed record EvaluatedCases(bool[] Labels, double[] Probabilities, bool[]? Calls, string[]? Groups, string CallColumn)
{
    public static EvaluatedCases Read(IDataView data, CovidCtEvaluationOptions options)
    {
        var label = Require(data.Schema, options.LabelColumnName, BooleanDataViewType.Instance, nameof(options.LabelColumnName));
        var probability = Require(data.Schema, options.ProbabilityColumnName, NumberDataViewType.Single, nameof(options.ProbabilityColumnName));
        DataViewSchema.Column? call = options.Threshold is null
            ? Require(data.Schema, options.PredictedLabelColumnName, BooleanDataViewType.Instance, $"{nameof(options.PredictedLabelColumnName)}, or {nameof(options.Threshold)} to a probability")
            : null;
        DataViewSchema.Column? group = options.GroupColumnName is { } name
            ? Require(data.Schema, name, TextDataViewType.Instance, nameof(options.GroupColumnName))
            : null;
        List<bool> labels = [], calls = [];
        List<double> probabilities = [];
        List<string> groups = [];
        var wanted = new[] { label, probability, call, group }.Where(c => c is not null).Select(c => c!.Value);
        using var cursor = data.GetRowCursor(wanted);
        var getLabel = cursor.GetGetter<bool>(label);
        var getProbability = cursor.GetGetter<float>(probability);
        var getCall = call is { } c ? cursor.GetGetter<bool>(c) : null;
        var getGroup = group is { } g ? cursor.GetGetter<ReadOnlyMemory<char>>(g) : null;
        var (flag, number, text) = (false, 0f, default(ReadOnlyMemory<char>));
        while (cursor.MoveNext())
        {
            options.CancellationToken.ThrowIfCancellationRequested();
            getLabel(ref flag);
            labels.Add(flag);
            getProbability(ref number);
            probabilities.Add(number);
            if (getCall is not null)
            {
                getCall(ref flag);
                calls.Add(flag);
            }

            if (getGroup is not null)
            {
                getGroup(ref text);
                groups.Add(text.ToString());
            }
        }

        return new EvaluatedCases(
            [.. labels], [.. probabilities], getCall is null ? null : [.. calls], getGroup is null ? null : [.. groups], options.PredictedLabelColumnName);
    }

    /// <summary>The lowest probability that was called positive: the calls at it are exactly those of the data.</summary>
    /// <exception cref="CovidCtSchemaException">A higher probability was called negative.</exception>
    public double ImpliedThreshold()
    {
        var (lowestPositive, highestNegative) = (double.PositiveInfinity, double.NegativeInfinity);
        for (var i = 0; i < Calls!.Length; i++)
        {
            if (Calls[i])
            {
                lowestPositive = Math.Min(lowestPositive, Probabilities[i]);
            }
            else
            {
                highestNegative = Math.Max(highestNegative, Probabilities[i]);
            }
        }

        if (highestNegative >= lowestPositive)
        {
            throw new CovidCtSchemaException(
                CallColumn,
                "calls a probability negative that is not below one it calls positive, so that no threshold gives these calls",
                "Name the column of calls that belongs to the probabilities, or set Threshold");
        }

        return double.IsFinite(lowestPositive) ? lowestPositive : Math.BitIncrement(highestNegative);
    }

    private static DataViewSchema.Column Require(DataViewSchema schema, string name, DataViewType type, string option)
    {
        var column = schema.GetColumnOrNull(name)
            ?? throw new CovidCtSchemaException(name, $"is not among the columns {string.Join(", ", schema.Select(c => c.Name).Distinct(StringComparer.Ordinal))}", $"Set {option}");
        return column.Type.Equals(type)
            ? column
            : throw new CovidCtSchemaException(name, $"is of type {column.Type}, and {type} is needed", $"Set {option}, or convert the column");
    }
}
