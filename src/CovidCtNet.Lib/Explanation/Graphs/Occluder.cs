using System.Numerics.Tensors;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>Covers windows of one slice and runs them in batches over tensors that are used again: only the window is written and restored.</summary>
internal sealed class Occluder
{
    private readonly ExplainBatch _batch;
    private readonly OcclusionGrid _grid;
    private readonly BatchBuffer _buffer;
    private readonly ClassScores _scores;
    private readonly float[] _input;
    private readonly float[] _fill;
    private readonly int _targetClass;
    private readonly int _batchSize;

    public Occluder(ExplainBatch batch, int sample, OcclusionGrid grid, OcclusionFill fill, BatchBuffer buffer, ClassScores scores, int targetClass, int batchSize)
    {
        (_batch, _grid, _buffer, _scores, _targetClass, _batchSize) = (batch, grid, buffer, scores, targetClass, batchSize);
        _input = batch.Inputs[sample];
        _fill = batch.Input.Filled(_input, batch.Placements[sample], fill, grid.Patch / 2.0);
        buffer.Resize(1);
        _input.CopyTo(buffer.Input(0));
        buffer.Run(batch.Cancellation);
        Uncovered = scores.LogOdds(buffer.Output(0), targetClass);
    }

    /// <summary>Log-odds of the class for the whole slice.</summary>
    public double Uncovered { get; }

    /// <summary>
    /// A few windows more than full batches cost nearly the time of one batch more. Where they are at most a sixteenth of all, those that
    /// covering changes least are left out.
    /// </summary>
    public int[] FullBatches(IReadOnlyCollection<int> windows)
    {
        var rest = windows.Count % _batchSize;
        return rest == 0 || rest * 16 > windows.Count ? [.. windows] : [.. windows.OrderByDescending(Change).Take(windows.Count - rest).Order()];
    }

    /// <summary>The drop of the log-odds for each window. A window that covering does not change is not run: its drop is 0.</summary>
    public double[] Run(IReadOnlyList<int> windows, Action<double>? progress)
    {
        var drops = new double[windows.Count];
        int[] changed = [.. Enumerable.Range(0, windows.Count).Where(i => Change(windows[i]) > 0)];
        for (var start = 0; start < changed.Length; start += _batchSize)
        {
            var count = Math.Min(_batchSize, changed.Length - start);
            _buffer.Resize(count);
            for (var i = 0; i < count; i++)
            {
                // Another number of samples has memory of its own, so that what it holds is not known.
                if (start == 0 || count < _batchSize)
                {
                    _input.CopyTo(_buffer.Input(i));
                }

                Copy(_fill, _buffer.Input(i), windows[changed[start + i]]);
            }

            _buffer.Run(_batch.Cancellation);
            for (var i = 0; i < count; i++)
            {
                drops[changed[start + i]] = Uncovered - _scores.LogOdds(_buffer.Output(i), _targetClass);
                Copy(_input, _buffer.Input(i), windows[changed[start + i]]);
            }

            progress?.Invoke((double)(start + count) / changed.Length);
        }

        return drops;
    }

    /// <summary>How far covering a window changes the input: a sum of distances, 0 where it changes nothing.</summary>
    private double Change(int window)
    {
        var (left, top) = _grid[window];
        var change = 0.0;
        for (var channel = 0; channel < _batch.Input.Channels; channel++)
        {
            for (var y = top; y < top + _grid.Patch; y++)
            {
                var at = (channel * _batch.Input.Plane) + (y * _batch.Input.Width) + left;
                change += TensorPrimitives.Distance(_input.AsSpan(at, _grid.Patch), _fill.AsSpan(at, _grid.Patch));
            }
        }

        return change;
    }

    private void Copy(float[] source, Span<float> target, int window)
    {
        var (left, top) = _grid[window];
        for (var channel = 0; channel < _batch.Input.Channels; channel++)
        {
            for (var y = top; y < top + _grid.Patch; y++)
            {
                var at = (channel * _batch.Input.Plane) + (y * _batch.Input.Width) + left;
                source.AsSpan(at, _grid.Patch).CopyTo(target[at..]);
            }
        }
    }
}
