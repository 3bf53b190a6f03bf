using System.Runtime.ExceptionServices;
using CovidCtNet.Lib.Inference;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>The rows of one batch: what was read of them, and what the network says.</summary>
internal sealed class ScoringWindow : IColumnGetters
{
    private readonly ScoringBinding _binding;
    private readonly DataViewRowCursor _input;
    private readonly CovidCtModel _model;
    private readonly Func<CapturedSlice>? _capture;
    private readonly ValueGetter<VBuffer<float>>? _planes;
    private readonly ValueGetter<DataViewRowId> _ids;
    private readonly CapturedSlice?[] _captured;
    private readonly string?[] _names;
    private readonly CtPrediction?[] _predictions;
    private readonly ExceptionDispatchInfo?[] _faults;
    private CovidCtModel.PreparedBatch? _batch;
    private VBuffer<float> _plane;
    private Task _work = Task.CompletedTask;
    private int _filling;

    public ScoringWindow(ScoringBinding binding, DataViewRowCursor input, bool[] active, int capacity)
    {
        _binding = binding;
        _input = input;
        _model = binding.Scorer.Model;
        Positions = new long[capacity];
        Batches = new long[capacity];
        Ids = new DataViewRowId[capacity];
        _captured = new CapturedSlice?[capacity];
        _names = new string?[capacity];
        _predictions = new CtPrediction?[capacity];
        _faults = new ExceptionDispatchInfo?[capacity];
        _ids = input.GetIdGetter();
        Columns = new ColumnBuffer?[binding.InputSchema.Count];
        foreach (var column in binding.InputSchema)
        {
            Columns[column.Index] = active[column.Index] ? ColumnBuffer.Create(input, column, capacity) : null;
        }

        if (binding.SourceKind == CtSliceSource.Plane)
        {
            _planes = GetGetter<VBuffer<float>>(binding.Source);
        }
        else
        {
            _capture = SliceCapture.Create(this, binding.Source, binding.SourceKind, binding.Scorer.Options.ImageFolder);
        }
    }

    public int Count { get; private set; }

    public long[] Positions { get; }

    public long[] Batches { get; }

    public DataViewRowId[] Ids { get; }

    /// <summary>Buffers of the wanted columns of the input, by index.</summary>
    public ColumnBuffer?[] Columns { get; }

    /// <summary>Why no more rows could be read behind these; null if nothing went wrong.</summary>
    public ExceptionDispatchInfo? Fault { get; private set; }

    /// <summary>The input column; a wanted one is read once only, into its buffer.</summary>
    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => Columns[column.Index] is ColumnBuffer<TValue> buffer
        ? (ref TValue value) => buffer.Give(_filling, ref value)
        : _input.GetGetter<TValue>(column);

    /// <summary>Reads rows.</summary>
    /// <returns>Whether there may be more.</returns>
    public bool Fill(int size)
    {
        try
        {
            _batch = _model.RentBatch(size);
            while (Count < size && _input.MoveNext())
            {
                ReadRow(Count);
                Count++;
            }
        }
        catch (Exception e)
        {
            Fault = ExceptionDispatchInfo.Capture(e);
        }

        if (Count == size)
        {
            return true;
        }

        ShrinkBatch();
        return false;
    }

    /// <summary>Prepares the rows at once and runs the network behind the run before it, all on the thread pool.</summary>
    public Task Start(Task before, CancellationToken cancellationToken) => _work = Task.Run(
        async () =>
        {
            Prepare(cancellationToken);
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Run(cancellationToken);
        },
        cancellationToken);

    public void Wait() => _work.GetAwaiter().GetResult();

    public CtPrediction Prediction(int slot)
    {
        _faults[slot]?.Throw();
        return _predictions[slot]!;
    }

    /// <summary>Gets ready to be filled again.</summary>
    public void Clear()
    {
        Array.Clear(_captured);
        Array.Clear(_faults);
        Count = 0;
        Fault = null;
    }

    /// <summary>Waits for the work, whatever becomes of it, and gives the batch back.</summary>
    public void Release()
    {
        ((Task)_work).ContinueWith(static _ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).Wait();
        _batch?.Dispose();
        _batch = null;
    }

    /// <summary>Takes a batch of the rows that there are, so that the network does not work on others.</summary>
    private void ShrinkBatch()
    {
        if (_batch is not { } larger)
        {
            return;
        }

        _batch = null;
        using (larger)
        {
            if (Count == 0)
            {
                return;
            }

            _batch = _model.RentBatch(Count);
            for (var slot = 0; slot < Count && _planes is not null; slot++)
            {
                larger.Plane(slot).CopyTo(_batch.Plane(slot));
            }
        }
    }

    private void ReadRow(int slot)
    {
        Positions[slot] = _input.Position;
        Batches[slot] = _input.Batch;
        _ids(ref Ids[slot]);
        foreach (var column in Columns)
        {
            column?.Read(slot);
        }

        _filling = slot;
        try
        {
            if (_planes is null)
            {
                _captured[slot] = _capture!();
            }
            else
            {
                _planes(ref _plane);
                _binding.CopyPlane(in _plane, _batch!.Plane(slot));
            }
        }
        catch (Exception e)
        {
            _faults[slot] = ExceptionDispatchInfo.Capture(e);
        }
    }

    private void Prepare(CancellationToken cancellationToken)
    {
        if (_planes is not null)
        {
            return;
        }

        var options = new ParallelOptions { CancellationToken = cancellationToken, MaxDegreeOfParallelism = Environment.ProcessorCount };
        Parallel.For(0, Count, options, slot =>
        {
            if (_captured[slot] is not { } captured)
            {
                return;
            }

            try
            {
                _names[slot] = captured.Preprocess(_model.Options.ImageLimits, _model.Preprocessing, _batch!.Plane(slot));
            }
            catch (Exception e)
            {
                _faults[slot] = ExceptionDispatchInfo.Capture(e);
            }
        });
    }

    private void Run(CancellationToken cancellationToken)
    {
        try
        {
            _batch!.Run(cancellationToken);
            for (var slot = 0; slot < Count; slot++)
            {
                if (_faults[slot] is null)
                {
                    Interpret(slot);
                }
            }
        }
        finally
        {
            _batch!.Dispose();
        }
    }

    private void Interpret(int slot)
    {
        try
        {
            _predictions[slot] = _batch!.Read(slot, _names[slot]);
        }
        catch (CovidCtModelOutputException e)
        {
            _faults[slot] = ExceptionDispatchInfo.Capture(e);
        }
    }
}
