using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>Values of a vector column; readers get copies, because what they get is theirs to write into.</summary>
internal sealed class VectorBuffer<TItem>(ValueGetter<VBuffer<TItem>> source, int capacity) : ColumnBuffer<VBuffer<TItem>>(source, capacity)
{
    protected override void Copy(in VBuffer<TItem> from, ref VBuffer<TItem> to) => from.CopyTo(ref to);
}
