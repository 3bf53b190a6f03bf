using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>
/// Scores rows in batches. While the network works on one batch, the rows of the next are read and prepared. The first batch is one row and
/// each next one is twice as large, so that a reader who stops early has caused little work.
/// </summary>
internal sealed class ScoringCursor : DataViewRowCursor
{
    private readonly ScoringBinding _binding;
    private readonly DataViewRowCursor _input;
    private readonly bool[] _active;
    private readonly CancellationTokenSource _stop;
    private readonly int _batchSize;
    private ScoringWindow _current;
    private ScoringWindow _next;
    private Task _network = Task.CompletedTask;
    private int _slot = -1;
    private int _size = 1;
    private bool _inputEnded;
    private bool _ended;
    private bool _disposed;

    public ScoringCursor(ScoringBinding binding, DataViewRowCursor input, bool[] active)
    {
        _binding = binding;
        _input = input;
        _active = active;
        _batchSize = binding.Scorer.Model.Options.BatchSize;
        _current = new ScoringWindow(binding, input, active, _batchSize);
        _next = new ScoringWindow(binding, input, active, _batchSize);
        _stop = CancellationTokenSource.CreateLinkedTokenSource(binding.Scorer.Options.CancellationToken);
    }

    public override DataViewSchema Schema => _binding.OutputSchema;

    public override long Position => _slot < 0 ? -1 : _current.Positions[_slot];

    public override long Batch => _slot < 0 ? _input.Batch : _current.Batches[_slot];

    public override bool MoveNext()
    {
        if (_ended || _disposed)
        {
            return false;
        }

        _binding.Step.ThrowIfEnded();
        if (_slot + 1 < _current.Count)
        {
            _slot++;
            return true;
        }

        return MoveToNextWindow();
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[_binding.CheckOwn(column).Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _binding.RequireActive(column, _active);
        if (column.Index >= _binding.InputSchema.Count)
        {
            return _binding.ScoreGetter<TValue>(column, () => Standing.Prediction(_slot));
        }

        if (column.Type.RawType != typeof(TValue))
        {
            throw new InvalidOperationException($"The column '{column.Name}' is of type {column.Type}, and its values are {column.Type.RawType}, not {typeof(TValue)}.");
        }

        var index = column.Index;
        return (ref TValue value) => ((ColumnBuffer<TValue>)Standing.Columns[index]!).Give(_slot, ref value);
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = Standing.Ids[_slot];

    private ScoringWindow Standing => _slot >= 0 && !_disposed
        ? _current
        : throw new InvalidOperationException("The cursor stands on no row. Call MoveNext, and read only while it returns true.");

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _slot = -1;
            _stop.Cancel();
            _current.Release();
            _next.Release();
            _stop.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private bool MoveToNextWindow()
    {
        var isFirst = _slot < 0;
        _current.Fault?.Throw();
        if (_next.Count == 0 && _next.Fault is null && !_inputEnded)
        {
            FillNext();
        }

        (_current, _next) = (_next, _current);
        _next.Clear();
        _slot = -1;
        if (_current.Count == 0)
        {
            _ended = true;
            _current.Fault?.Throw();
            return false;
        }

        // Not yet on the first row: whoever wants but one is not made to wait for more.
        if (!isFirst && !_inputEnded && _current.Fault is null)
        {
            FillNext();
        }

        try
        {
            _current.Wait();
        }
        catch
        {
            _ended = true;
            throw;
        }

        _slot = 0;
        return true;
    }

    private void FillNext()
    {
        _inputEnded = !_next.Fill(Math.Min(_size, _batchSize)) || _next.Fault is not null;
        _size = Math.Min(2 * _size, _batchSize);
        if (_next.Count > 0)
        {
            _network = _next.Start(_network, _stop.Token);
        }
    }
}
