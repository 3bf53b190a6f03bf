using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>Rows with the columns that a step adds, each value computed when it is asked for.</summary>
internal sealed class StepCursor(StepBinding binding, DataViewRowCursor input, bool[] active) : DataViewRowCursor
{
    private readonly RowWork? _work = binding.ComputesAny(active) ? binding.CreateWork(input) : null;

    public override DataViewSchema Schema => binding.OutputSchema;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override bool MoveNext()
    {
        binding.Step.ThrowIfEnded();
        return input.MoveNext();
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => active[binding.CheckOwn(column).Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => binding.GetGetter<TValue>(column, active, input, _work);

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            input.Dispose();
        }

        base.Dispose(disposing);
    }
}
