using CovidCtNet.Lib.Explanation.Graphs;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Explanation;

/// <content>Computing maps.</content>
public sealed partial class GraphExplainer
{
    /// <summary>Shows where the model looked in one slice.</summary>
    /// <param name="image">The slice.</param>
    /// <param name="method">How.</param>
    /// <param name="options">What is explained; <see cref="ExplainOptions.Default"/> if null.</param>
    /// <param name="progress">The share done, in [0, 1].</param>
    /// <param name="cancellationToken">Ends the work between two operators of a run.</param>
    /// <exception cref="ExplanationException">The layer or class does not exist, the graph has no attention masks, or an operator cannot be differentiated.</exception>
    /// <exception cref="ObjectDisposedException">The explainer has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public AttentionMap Explain(
        CtImage image, AttentionMethod method = AttentionMethod.FusedGradCam, ExplainOptions? options = null,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Explain([image], [method], options, progress, cancellationToken)[0][0];
    }

    /// <summary>Explains slices by several methods. Slices go through the network in batches, and class activation maps share one run.</summary>
    /// <param name="images">The slices, of any sizes.</param>
    /// <param name="methods">The methods.</param>
    /// <param name="options">What is explained; <see cref="ExplainOptions.Default"/> if null.</param>
    /// <param name="progress">The share done, in [0, 1].</param>
    /// <param name="cancellationToken">Ends the work between two operators of a run.</param>
    /// <returns>For each slice a map by each method, in order.</returns>
    /// <inheritdoc cref="Explain(CtImage, AttentionMethod, ExplainOptions?, IProgress{double}?, CancellationToken)" path="/exception"/>
    public IReadOnlyList<IReadOnlyList<AttentionMap>> Explain(
        IReadOnlyList<CtImage> images, IReadOnlyList<AttentionMethod> methods, ExplainOptions? options = null,
        IProgress<double>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(methods);
        options ??= ExplainOptions.Default;
        if (options.TargetClass >= ClassCount)
        {
            throw new ExplanationException($"{_name} has {ClassCount} classes; class {options.TargetClass} does not exist.");
        }

        var maps = images.Select(_ => new AttentionMap[methods.Count]).ToArray();
        for (var start = 0; start < images.Count; start += _batchSize)
        {
            var count = Math.Min(_batchSize, images.Count - start);
            var from = (double)start / images.Count;
            var share = (double)count / images.Count;
            using var batch = new ExplainBatch(_input, [.. images.Skip(start).Take(count)], _options.Runtime.IntraOpThreads, cancellationToken)
            {
                Report = done => progress?.Report(from + (share * done / methods.Count)),
            };
            Fill(batch, methods, options, maps.AsSpan(start, count));
        }

        progress?.Report(1);
        return maps;
    }

    /// <summary>Log-odds and probability of classes for prepared inputs, in batches.</summary>
    internal double[] LogOdds(float[][] inputs, int[] classes, CancellationToken cancellationToken)
    {
        var logOdds = new double[inputs.Length];
        var runner = _runner.Value;
        using var buffer = runner.Rent();
        for (var start = 0; start < inputs.Length; start += _batchSize)
        {
            var count = Math.Min(_batchSize, inputs.Length - start);
            buffer.Resize(count);
            for (var i = 0; i < count; i++)
            {
                inputs[start + i].CopyTo(buffer.Input(i));
            }

            buffer.Run(cancellationToken);
            for (var i = 0; i < count; i++)
            {
                logOdds[start + i] = _scores.LogOdds(buffer.Output(i), classes[start + i]);
            }
        }

        return logOdds;
    }

    /// <summary>Probability of log-odds, calibrated where the model says how.</summary>
    internal double Probability(double logOdds) => 1 / (1 + Math.Exp(-logOdds / _options.Temperature));

    internal GraphInput Input => _input;

    internal int ClassOf(CtImage image, ExplainOptions options, CancellationToken cancellationToken) =>
        options.TargetClass ?? _options.DefaultClass ?? Largest([_input.Of(image)], cancellationToken)[0];

    private void Fill(ExplainBatch batch, IReadOnlyList<AttentionMethod> methods, ExplainOptions options, Span<AttentionMap[]> maps)
    {
        var chosen = options.TargetClass ?? _options.DefaultClass;
        var classes = chosen is { } fixedClass
            ? [.. Enumerable.Repeat(fixedClass, batch.Count)]
            : methods.All(m => m == AttentionMethod.AttentionMask) ? new int[batch.Count] : Largest(batch.Inputs, batch.Cancellation);
        var context = new MapContext(batch, classes, options, SourceOf);
        for (var m = 0; m < methods.Count; m++)
        {
            batch.Cancellation.ThrowIfCancellationRequested();
            batch.Start(m);
            var found = methods[m] switch
            {
                AttentionMethod.GradCam or AttentionMethod.GradCamPlusPlus or AttentionMethod.LayerCam =>
                    context.ClassActivations(layer => _sessions.Gradient(layer), LayerOf(options), methods, _scores)[methods[m]],
                AttentionMethod.FusedGradCam => FusedActivations.Compute(context, _sessions, GridOf, FusedLayersOf(options), FineLayersOf(options), _scores),
                AttentionMethod.InputGradient => InputGradients.Plain(context, _sessions.Gradient(_input.Name), _scores),
                AttentionMethod.SmoothGrad => InputGradients.Smooth(context, _sessions.Gradient(_input.Name), _scores, _batchSize),
                AttentionMethod.IntegratedGradients => InputGradients.Integrated(context, _sessions.Gradient(_input.Name), _scores, _batchSize),
                AttentionMethod.AttentionMask => MaskMaps.Compute(context, _sessions, _masks, _name),
                AttentionMethod.Occlusion => OcclusionMaps.Compute(context, _runner.Value, _scores, _batchSize),
                _ => throw new ArgumentOutOfRangeException(nameof(methods), methods[m], "The attention method is not known."),
            };
            for (var i = 0; i < batch.Count; i++)
            {
                maps[i][m] = found[i];
            }
        }
    }

    private string LayerOf(ExplainOptions options)
    {
        var layer = options.TargetLayer ?? DefaultTargetLayer
            ?? throw new ExplanationException($"{_name} has no layer with more than one place to look at. Use occlusion or input gradients.");
        return Known(layer);
    }

    private OnnxCellGrid? GridOf(string layer) => _grids.Find(layer) is { } grid
        ? grid with { FirstRow = grid.FirstRow + _options.AttentionOffset, FirstColumn = grid.FirstColumn + _options.AttentionOffset }
        : null;

    private string[] FusedLayersOf(ExplainOptions options) =>
        options.FusedLayers is { } named ? [.. named.Select(Known).Distinct(StringComparer.Ordinal)]
        : options.TargetLayer is null && DefaultFusedLayers.Count > 0 ? [.. DefaultFusedLayers]
        : [LayerOf(options)];

    private string[] FineLayersOf(ExplainOptions options) =>
        options.FineLayers is { } named ? [.. named.Select(Known).Distinct(StringComparer.Ordinal)]
        : options.FusedLayers is null && options.TargetLayer is null ? [.. DefaultFineLayers]
        : [];

    private string Known(string layer) =>
        TargetLayers.Any(l => l.Name == layer)
            ? layer
            : throw new ExplanationException(
                $"{_name}: '{layer}' is no [N, C, h, w] layer between its input and its scores. Choose one of TargetLayers, such as {string.Join(", ", TargetLayers.Select(l => l.Name).TakeLast(5))}.");

    private int[] Largest(float[][] inputs, CancellationToken cancellationToken)
    {
        var classes = new int[inputs.Length];
        using var buffer = _runner.Value.Rent();
        for (var start = 0; start < inputs.Length; start += _batchSize)
        {
            var count = Math.Min(_batchSize, inputs.Length - start);
            buffer.Resize(count);
            for (var i = 0; i < count; i++)
            {
                inputs[start + i].CopyTo(buffer.Input(i));
            }

            buffer.Run(cancellationToken);
            for (var i = 0; i < count; i++)
            {
                classes[start + i] = _scores.Largest(buffer.Output(i));
            }
        }

        return classes;
    }

    private AttentionSource SourceOf(AttentionMethod method, string? layer, int? targetClass, double? logOdds) => new()
    {
        Method = AttentionMethodNames.NameOf(method),
        TargetLayer = layer,
        ClassIndex = targetClass,
        ClassName = targetClass is { } index ? _options.ClassNames?[index] : null,
        Probability = logOdds is { } odds ? Probability(odds) : null,
        ModelName = _name,
        ModelVersion = _options.ModelVersion,
    };
}
