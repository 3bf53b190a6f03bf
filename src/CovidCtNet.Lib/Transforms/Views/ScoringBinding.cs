using CovidCtNet.Lib.Inference;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>Scoring, bound to columns.</summary>
internal sealed class ScoringBinding : StepBinding
{
    public ScoringBinding(DataViewSchema inputSchema, CovidCtScoringTransformer step)
        : base(inputSchema, InputOf(step.Model, step.Options), step)
    {
        Scorer = step;
        OutputSchema = ScoreColumns.Append(inputSchema, step.Options);
    }

    public CovidCtScoringTransformer Scorer { get; }

    public static int PlaneLength(CovidCtModel model) => model.Preprocessing.Width * model.Preprocessing.Height;

    public static InputColumn InputOf(CovidCtModel model, CovidCtScoringOptions options)
        => new(options.InputColumnName, PlaneLength(model), TakesSlices: true);

    public override RowWork CreateWork(DataViewRow input) => new ScoringWork(this, input);

    public override DataViewRowCursor OpenCursor(DataViewRowCursor input, bool[] active)
        => ComputesAny(active) ? new ScoringCursor(this, input, active) : base.OpenCursor(input, active);

    /// <summary>The getter of a score column over predictions that are there, or are computed, when it is called.</summary>
    public static Delegate CreateGetter(int added, Func<CtPrediction> prediction) => added switch
    {
        ScoreColumns.Score => (ValueGetter<float>)((ref float value) => value = (float)prediction().Logit),
        ScoreColumns.Probability => (ValueGetter<float>)((ref float value) => value = (float)prediction().Probability),
        _ => (ValueGetter<bool>)((ref bool value) => value = prediction().Label.IsPositive),
    };

    public void CopyPlane(in VBuffer<float> from, Span<float> plane) => Input.CopyPlane(in from, plane);

    /// <summary>Getter of a score column, with the type checked.</summary>
    public ValueGetter<TValue> ScoreGetter<TValue>(DataViewSchema.Column column, Func<CtPrediction> prediction)
        => Cast<TValue>(CreateGetter(column.Index - InputSchema.Count, prediction), column);
}
