using CovidCtNet.Lib.Transforms.Saving;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms;

/// <summary>
/// What the steps of this library have in common: they add columns to each row, compute nothing that nobody reads, are safe to use from
/// many threads, and refuse work after <see cref="Dispose()"/> with <see cref="ObjectDisposedException"/>.
/// </summary>
public abstract class CovidCtTransformer : ITransformer, IDisposable
{
    private int _disposed;

    private protected CovidCtTransformer()
    {
    }

    /// <summary>True: each row is computed by itself, so that prediction engines work.</summary>
    public bool IsRowToRowMapper => true;

    /// <summary>Ends reading and computing.</summary>
    internal abstract CancellationToken CancellationToken { get; }

    internal bool IsDisposed => Volatile.Read(ref _disposed) != 0;

    /// <summary>The columns of the input and those that the step adds.</summary>
    /// <param name="inputSchema">Columns of the input.</param>
    /// <exception cref="CovidCtSchemaException">The column that the step reads is missing, or has another type or size.</exception>
    public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => Bind(inputSchema).OutputSchema;

    /// <summary>The data with the columns of the step, computed when they are read.</summary>
    /// <param name="input">The data.</param>
    /// <exception cref="CovidCtSchemaException">The column that the step reads is missing, or has another type or size.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        ThrowIfDisposed();
        return new StepDataView(Bind(input.Schema), input);
    }

    /// <summary>The step for single rows.</summary>
    /// <param name="inputSchema">Columns of the input.</param>
    /// <exception cref="CovidCtSchemaException">The column that the step reads is missing, or has another type or size.</exception>
    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
    {
        ThrowIfDisposed();
        return new StepRowMapper(Bind(inputSchema));
    }

    /// <summary>Refuses new work; work under way ends normally. May be called from any thread, and more than once.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            Dispose(disposing: true);
        }

        GC.SuppressFinalize(this);
    }

    void ICanSaveModel.Save(ModelSaveContext ctx)
    {
        ThrowIfDisposed();
        using var chain = ToStandardChain();
        ((ICanSaveModel)chain).Save(ctx);
    }

    /// <summary>Releases what the transformer owns.</summary>
    /// <param name="disposing">True when called by <see cref="Dispose()"/>.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    internal void ThrowIfDisposed() => ObjectDisposedException.ThrowIf(IsDisposed, this);

    /// <exception cref="ObjectDisposedException">The transformer has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    internal void ThrowIfEnded()
    {
        ThrowIfDisposed();
        CancellationToken.ThrowIfCancellationRequested();
    }

    private protected abstract StepBinding Bind(DataViewSchema inputSchema);

    /// <summary>The same step made of what ML.NET itself can save and load.</summary>
    private protected abstract StandardChain ToStandardChain();
}
