using Microsoft.ML;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>A view that gives its rows in another order to a reader who brings a random generator, as ML.NET's shuffling does.</summary>
internal sealed class ShufflingView(MLContext ml, Slices slices) : IDataView
{
    private readonly Order _order = new(slices);
    private IDataView? _inner;

    public bool CanShuffle => true;

    public DataViewSchema Schema => Inner.Schema;

    private IDataView Inner => _inner ??= ml.Data.LoadFromEnumerable(_order);

    public long? GetRowCount() => slices.Count;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        _order.Next = [.. Enumerable.Range(0, slices.Count)];
        rand?.Shuffle(_order.Next);
        return Inner.GetRowCursor(columnsNeeded);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
        => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Order(Slices slices) : IEnumerable<SliceRow>
    {
        public int[] Next { get; set; } = [];

        public IEnumerator<SliceRow> GetEnumerator()
        {
            var order = Next;
            return order.Select(slices.Row).GetEnumerator();
        }

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
