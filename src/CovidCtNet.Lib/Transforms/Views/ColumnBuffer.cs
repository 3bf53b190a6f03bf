using System.Reflection;
using System.Runtime.ExceptionServices;
using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>Values of one column of the input, kept while the network works on their rows.</summary>
internal abstract class ColumnBuffer
{
    private static readonly MethodInfo Factory = typeof(ColumnBuffer).GetMethod(nameof(CreateTyped), BindingFlags.NonPublic | BindingFlags.Static)!;

    public static ColumnBuffer Create(DataViewRow input, DataViewSchema.Column column, int capacity)
        => (ColumnBuffer)Factory.MakeGenericMethod(column.Type.RawType).Invoke(null, BindingFlags.DoNotWrapExceptions, null, [input, column, capacity], null)!;

    /// <summary>Takes the value of the row on which the input stands. What goes wrong is kept for the one who asks for the value.</summary>
    public abstract void Read(int slot);

    private static ColumnBuffer CreateTyped<TValue>(DataViewRow input, DataViewSchema.Column column, int capacity)
    {
        var type = typeof(TValue);
        return type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Microsoft.ML.Data.VBuffer<>)
            ? (ColumnBuffer)Activator.CreateInstance(typeof(VectorBuffer<>).MakeGenericType(type.GetGenericArguments()), input.GetGetter<TValue>(column), capacity)!
            : new ColumnBuffer<TValue>(input.GetGetter<TValue>(column), capacity);
    }
}

/// <inheritdoc/>
internal class ColumnBuffer<TValue>(ValueGetter<TValue> source, int capacity) : ColumnBuffer
{
    private readonly TValue[] _values = new TValue[capacity];
    private readonly ExceptionDispatchInfo?[] _faults = new ExceptionDispatchInfo?[capacity];

    public override void Read(int slot)
    {
        _faults[slot] = null;
        ref var value = ref _values[slot];
        if (!typeof(TValue).IsValueType)
        {
            // Some sources dispose of the object they are handed before they put the next one there; it may still be with a reader.
            value = default!;
        }

        try
        {
            source(ref value);
        }
        catch (Exception e)
        {
            _faults[slot] = ExceptionDispatchInfo.Capture(e);
        }
    }

    public void Give(int slot, ref TValue value)
    {
        _faults[slot]?.Throw();
        Copy(in _values[slot], ref value);
    }

    protected virtual void Copy(in TValue from, ref TValue to) => to = from;
}
