using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

/// <content>Where the model looked.</content>
public sealed partial class CovidCtModel
{
    private readonly Lock _explainerLock = new();
    private GraphExplainer? _explainer;
    private bool _closed;

    /// <summary>
    /// The explainer of this model: target layers, and maps of several methods and slices at once. Made on first use, which takes longer;
    /// it lives and goes with the model and need not be disposed of.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="ExplanationException">The model is not in float32.</exception>
    public GraphExplainer Explainer
    {
        get
        {
            lock (_explainerLock)
            {
                ObjectDisposedException.ThrowIf(_closed, this);
                if (Contract.Precision != ModelPrecision.Float32)
                {
                    throw new ExplanationException(
                        $"{SourceName ?? "The model"} is in {Contract.Precision}, whose rounded numbers have no useful gradients. Explain the float32 model that it was made of.");
                }

                return _explainer ??= GraphExplainer.FromModel(_file.Bytes, Contract, Options, _runner);
            }
        }
    }

    /// <summary>Shows where the model looked in one slice; the positive class is explained unless the options name another.</summary>
    /// <param name="image">The slice.</param>
    /// <param name="method">How.</param>
    /// <param name="options">What is explained; <see cref="ExplainOptions.Default"/> if null.</param>
    /// <param name="progress">The share done, in [0, 1].</param>
    /// <param name="cancellationToken">Ends the work between two operators of a run.</param>
    /// <exception cref="ExplanationException">The layer or class does not exist, or the network has no attention masks.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public AttentionMap Explain(
        CtImage image, AttentionMethod method = AttentionMethod.FusedGradCam, ExplainOptions? options = null,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default) =>
        Explainer.Explain(image, method, options, progress, cancellationToken);

    private void CloseExplainer()
    {
        lock (_explainerLock)
        {
            _closed = true;
            _explainer?.Dispose();
        }
    }
}
