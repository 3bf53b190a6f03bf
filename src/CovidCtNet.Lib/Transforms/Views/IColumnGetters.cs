using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>Gives the values of columns: of a row, or of a buffer that was filled from one.</summary>
internal interface IColumnGetters
{
    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column);
}
