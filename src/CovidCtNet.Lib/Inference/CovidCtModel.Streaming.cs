using System.Runtime.CompilerServices;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

public sealed partial class CovidCtModel
{
    /// <summary>
    /// Classifies slices as they are asked for: a batch is taken from <paramref name="images"/> when its first prediction is wanted,
    /// and no more than one batch is held.
    /// </summary>
    /// <param name="images">The slices, of any sizes.</param>
    /// <param name="cancellationToken">Ends the work between batches, or within a run between two of its operators.</param>
    /// <returns>One prediction for each slice, in order.</returns>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="CovidCtModelOutputException">The network gave no finite number for a slice.</exception>
    public IEnumerable<CtPrediction> Predict(IEnumerable<CtImage> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return images.Chunk(Options.BatchSize).SelectMany(batch => Predict(batch, cancellationToken));
    }

    /// <inheritdoc cref="Predict(IEnumerable{CtImage}, CancellationToken)"/>
    public IAsyncEnumerable<CtPrediction> PredictAsync(IAsyncEnumerable<CtImage> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        return Stream(images, cancellationToken);
    }

    private async IAsyncEnumerable<CtPrediction> Stream(
        IAsyncEnumerable<CtImage> images, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var batch in images.Chunk(Options.BatchSize).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            // On the pool: the network works for long, and whoever awaits may be a user interface.
            var predictions = await Task.Run(() => Predict(batch, cancellationToken), cancellationToken).ConfigureAwait(false);
            foreach (var prediction in predictions)
            {
                yield return prediction;
            }
        }
    }
}
