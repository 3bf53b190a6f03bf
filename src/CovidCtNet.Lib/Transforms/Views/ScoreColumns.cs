using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>The three columns of a binary classifier, with the annotations by which ML.NET's evaluators know them.</summary>
internal static class ScoreColumns
{
    public const int Score = 0;
    public const int Probability = 1;
    public const int PredictedLabel = 2;

    private const string SetId = "ScoreColumnSetId";

    // The key type that ML.NET gives to the numbers of score column sets.
    private static readonly KeyDataViewType SetIdType = new(typeof(uint), int.MaxValue);

    public static DataViewSchema Append(DataViewSchema input, CovidCtScoringOptions options)
    {
        var set = 1u;
        foreach (var column in input)
        {
            if (column.Annotations.Schema.GetColumnOrNull(SetId)?.Type.RawType == typeof(uint))
            {
                uint taken = 0;
                column.Annotations.GetValue(SetId, ref taken);
                set = Math.Max(set, taken + 1);
            }
        }

        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);
        schema.AddColumn(options.ScoreColumnName, NumberDataViewType.Single, Annotate("Score", set));
        schema.AddColumn(options.ProbabilityColumnName, NumberDataViewType.Single, Annotate("Probability", set));
        schema.AddColumn(options.PredictedLabelColumnName, BooleanDataViewType.Instance, Annotate("PredictedLabel", set));
        return schema.ToSchema();
    }

    public static IEnumerable<DataViewSchema.Column> Describe(CovidCtScoringOptions options)
        => Append(new DataViewSchema.Builder().ToSchema(), options);

    private static DataViewSchema.Annotations Annotate(string value, uint set)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.AddPrimitiveValue("ScoreColumnKind", TextDataViewType.Instance, "BinaryClassification".AsMemory());
        annotations.AddPrimitiveValue("ScoreValueKind", TextDataViewType.Instance, value.AsMemory());
        annotations.AddPrimitiveValue(SetId, SetIdType, set);
        if (value == "Probability")
        {
            annotations.AddPrimitiveValue("IsNormalized", BooleanDataViewType.Instance, true);
        }

        return annotations.ToAnnotations();
    }
}
