using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>A data view with the columns that a step adds; nothing is computed before a cursor reads them.</summary>
internal sealed class StepDataView(StepBinding binding, IDataView input) : IDataView
{
    public bool CanShuffle => input.CanShuffle;

    public DataViewSchema Schema => binding.OutputSchema;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = binding.Active(columnsNeeded);
        return Open(input.GetRowCursor(binding.Dependencies(active), rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var active = binding.Active(columnsNeeded);
        return [.. input.GetRowCursorSet(binding.Dependencies(active), n, rand).Select(cursor => Open(cursor, active))];
    }

    private DataViewRowCursor Open(DataViewRowCursor cursor, bool[] active)
    {
        try
        {
            binding.Step.ThrowIfEnded();
            return binding.OpenCursor(cursor, active);
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }
}
