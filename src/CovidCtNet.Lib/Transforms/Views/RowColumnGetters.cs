using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>The values of a row as it stands.</summary>
internal sealed class RowColumnGetters(DataViewRow row) : IColumnGetters
{
    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => row.GetGetter<TValue>(column);
}
