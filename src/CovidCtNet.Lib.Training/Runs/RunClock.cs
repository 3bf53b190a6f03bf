using System.Diagnostics;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>Counts steps and images of a run and reports them.</summary>
internal sealed class RunClock(long startStep, TrainingOptions options, int trainingSlices, IProgress<TrainingProgress>? progress, IReadOnlyList<EpochResult> history)
{
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly int _stepsPerEpoch = StepsPerEpoch(trainingSlices, options.BatchSize);
    private readonly long _firstStep = startStep;
    private long _images;
    private double _loss = double.NaN;

    public long Step { get; private set; } = startStep;

    public long Steps => (long)options.Epochs * _stepsPerEpoch;

    public double ImagesPerSecond => _images / Math.Max(_watch.Elapsed.TotalSeconds, 1e-9);

    public void Advance(int images, double loss)
    {
        Step++;
        _images += images;
        Report(loss);
    }

    public void Report(double loss)
    {
        _loss = double.IsNaN(loss) ? _loss : loss;
        var done = Step - _firstStep;
        progress?.Report(new TrainingProgress(
            Math.Min((int)((Step - 1) / _stepsPerEpoch) + 1, options.Epochs),
            options.Epochs,
            Step,
            Steps,
            _loss,
            ImagesPerSecond,
            done == 0 ? TimeSpan.Zero : _watch.Elapsed * ((double)(Steps - Step) / done),
            history.Count == 0 ? null : history[^1],
            history.Count == 0 ? double.NaN : history.Max(r => r.ValidationAuc)));
    }

    // The trainer leaves out a last batch of three slices or fewer.
    public static int StepsPerEpoch(int slices, int batchSize) => (Math.Max(slices - (slices > 4 ? 3 : 0), 1) + batchSize - 1) / batchSize;
}
