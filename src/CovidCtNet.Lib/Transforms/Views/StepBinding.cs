using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>A step bound to the schema of its input: which column it reads, which columns it adds behind those of the input.</summary>
internal abstract class StepBinding
{
    private protected StepBinding(DataViewSchema inputSchema, InputColumn input, CovidCtTransformer step)
    {
        Step = step;
        InputSchema = inputSchema;
        (Source, SourceKind) = input.Find(inputSchema);
        Input = input;
    }

    /// <summary>Whose disposal and cancellation end the work.</summary>
    public CovidCtTransformer Step { get; }

    public DataViewSchema InputSchema { get; }

    /// <summary>The columns of the input, and behind them the added ones.</summary>
    public DataViewSchema OutputSchema { get; protected init; } = null!;

    public DataViewSchema.Column Source { get; }

    public CtSliceSource SourceKind { get; }

    protected InputColumn Input { get; }

    /// <summary>Which columns of the output are wanted.</summary>
    public bool[] Active(IEnumerable<DataViewSchema.Column> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        var active = new bool[OutputSchema.Count];
        foreach (var column in columns)
        {
            active[CheckOwn(column).Index] = true;
        }

        return active;
    }

    /// <summary>Columns of the input without which the wanted ones cannot be had.</summary>
    public IEnumerable<DataViewSchema.Column> Dependencies(bool[] active)
        => InputSchema.Where(c => active[c.Index] || (c.Index == Source.Index && ComputesAny(active)));

    /// <summary>Whether any added column is wanted.</summary>
    public bool ComputesAny(bool[] active) => active.AsSpan(InputSchema.Count).Contains(true);

    public DataViewSchema.Column CheckOwn(DataViewSchema.Column column)
        => column.Index < OutputSchema.Count && OutputSchema[column.Index].Equals(column)
            ? column
            : throw new ArgumentException($"The column '{column.Name}' is not of this data view. Take columns from its own schema.", nameof(column));

    /// <summary>Starts the work on rows; called once for each cursor or row.</summary>
    public abstract RowWork CreateWork(DataViewRow input);

    /// <summary>Opens a cursor. The added columns are computed row by row unless a step knows better.</summary>
    public virtual DataViewRowCursor OpenCursor(DataViewRowCursor input, bool[] active) => new StepCursor(this, input, active);

    private protected static ValueGetter<TValue> Cast<TValue>(Delegate getter, DataViewSchema.Column column)
        => getter as ValueGetter<TValue> ?? throw new InvalidOperationException(
            $"The column '{column.Name}' is of type {column.Type}, and its values are {column.Type.RawType}, not {typeof(TValue)}.");

    /// <summary>The getter of a column of the output.</summary>
    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column, bool[] active, DataViewRow input, RowWork? work)
    {
        RequireActive(column, active);
        return column.Index < InputSchema.Count
            ? input.GetGetter<TValue>(InputSchema[column.Index])
            : Cast<TValue>(work!.CreateGetter(column.Index - InputSchema.Count), column);
    }

    public void RequireActive(DataViewSchema.Column column, bool[] active)
    {
        if (!active[CheckOwn(column).Index])
        {
            throw new InvalidOperationException($"The column '{column.Name}' was not asked for when the rows were opened. Name it among the columns needed.");
        }
    }
}
