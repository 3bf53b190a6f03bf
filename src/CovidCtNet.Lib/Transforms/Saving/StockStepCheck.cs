using System.Globalization;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>
/// Compares the stock ONNX step of a saved pipeline with the checked copy of the model, on the first row and then on every
/// <see cref="Interval"/>th: nothing in a row shows which model the step runs. Safe to use from many threads; no row passes before the first
/// comparison has ended well, and none after one that has not.
/// </summary>
internal sealed class StockStepCheck
{
    public const int Interval = 1000;

    /// <summary>
    /// Largest difference of two logits, relative above 1. Both come from one runtime, one graph and a batch of one slice; with other numbers of
    /// threads the sums are added up in another order, which moves the logit by about 1e-6. The rest is room for other kernels.
    /// </summary>
    public const double Tolerance = 1e-3;

    private readonly Lock _gate = new();
    private long _rows;
    private volatile bool _passed;
    private volatile string? _refusal;

    /// <param name="model">The checked copy.</param>
    /// <param name="plane">What the stock step was given, [1, H, W].</param>
    /// <param name="logits">What it made of it.</param>
    /// <exception cref="CovidCtPipelineException">The stock step runs another model.</exception>
    public void Verify(CovidCtModel model, ReadOnlySpan<float> plane, ReadOnlySpan<float> logits)
    {
        var isDue = Interlocked.Increment(ref _rows) % Interval == 1;
        if (_passed && !isDue && _refusal is null)
        {
            return;
        }

        lock (_gate)
        {
            if (_refusal is null && (isDue || !_passed))
            {
                _refusal = Compare(model, plane, logits);
                _passed = true;
            }

            if (_refusal is { } reason)
            {
                throw new CovidCtPipelineException(reason, SavedStep.Cure);
            }
        }
    }

    private static string? Compare(CovidCtModel model, ReadOnlySpan<float> plane, ReadOnlySpan<float> logits)
    {
        using var batch = model.RentBatch(1);
        plane.CopyTo(batch.Plane(0));
        batch.Run(CancellationToken.None);
        var expected = batch.Read(0, null).Logit;
        var found = CovidCtModel.LogitOf(logits);

        // Written so that a logit that is no number is refused too.
        return Math.Abs(found - expected) <= Tolerance * Math.Max(1, Math.Abs(expected))
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"The ONNX step in the saved pipeline does not run the model that was saved: it gives the logit {found:G6}, the saved model {expected:G6}");
    }
}
