using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

/// <summary>
/// A trained classifier: slices in, calibrated probabilities out. Safe to use from many threads at once, and to dispose of while it is
/// being used: runs under way end normally, later ones throw <see cref="ObjectDisposedException"/>. Research use, not a medical device.
/// </summary>
/// <remarks>
/// Probabilities of one slice alone and in a batch may differ in the last digits (some 1e-6), because ONNX Runtime adds up in another
/// order; between threads they are equal.
/// </remarks>
public sealed partial class CovidCtModel : IDisposable
{
    private readonly ModelFile _file;
    private readonly ModelRunner _runner;
    private readonly CtLabel _negative;
    private readonly CtLabel _positive;

    private CovidCtModel(ModelFile file, CovidCtModelOptions options)
    {
        _file = file;
        Options = options;
        var network = file.Contract.Network;
        var (session, provider) = SessionFactory.Open(file.Bytes, options, file.SourceName);
        Provider = provider;
        _runner = new ModelRunner(
            session,
            ModelContract.InputName,
            [network.InputChannels, network.InputHeight, network.InputWidth],
            ModelContract.LogitsName,
            file.LogitCount,
            options.BatchSize,
            SessionFactory.BufferAllocator(session, provider, options),
            BatchLanes.Plan(options, provider, file.ToGraph, file.SourceName),
            provider != CtExecutionProvider.Cpu,
            file.SourceName);
        _negative = new CtLabel(false, file.Contract.Classes[0]);
        _positive = new CtLabel(true, file.Contract.Classes[1]);
    }

    /// <summary>What the model file says about itself.</summary>
    public ModelContract Contract => _file.Contract;

    /// <summary>How slices become input.</summary>
    public CtPreprocessing Preprocessing => Contract.Preprocessing;

    /// <summary>The options it was loaded with.</summary>
    public CovidCtModelOptions Options { get; }

    /// <summary>What really runs the model: <see cref="CovidCtModelOptions.Provider"/>, or the CPU where it stands in.</summary>
    public CtExecutionProvider Provider { get; }

    /// <summary>The file it was loaded from, or the name given with the stream; null where there is none.</summary>
    public string? SourceName => _file.SourceName;

    /// <summary>Opens the ONNX file it was loaded from, as it was checked then; for other runtimes and tools.</summary>
    public Stream OpenRead() => new MemoryStream(_file.Bytes, writable: false);

    /// <summary>The checked bytes of the model, for a second session with more outputs.</summary>
    internal byte[] ModelBytes => _file.Bytes;

    /// <summary>Loads a model file.</summary>
    /// <param name="path">An ONNX file with a <see cref="ModelContract"/> in its metadata.</param>
    /// <param name="options">How to run it; <see cref="CovidCtModelOptions.Default"/> if null.</param>
    /// <exception cref="FileNotFoundException">There is no file at <paramref name="path"/>.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="CovidCtModelException">The model, its contract, the runtime or the provider is not usable; the type and message say which.</exception>
    public static CovidCtModel Load(string path, CovidCtModelOptions? options = null)
    {
        options ??= CovidCtModelOptions.Default;
        return new CovidCtModel(ModelFile.Read(path, options), options);
    }

    /// <summary>Loads a model from where a stream stands to its end. The stream stays open.</summary>
    /// <param name="stream">The bytes of an ONNX file with a <see cref="ModelContract"/> in its metadata.</param>
    /// <param name="options">How to run it; <see cref="CovidCtModelOptions.Default"/> if null.</param>
    /// <param name="sourceName">A name for messages.</param>
    /// <exception cref="IOException">The stream cannot be read.</exception>
    /// <exception cref="CovidCtModelException">The model, its contract, the runtime or the provider is not usable; the type and message say which.</exception>
    public static CovidCtModel Load(Stream stream, CovidCtModelOptions? options = null, string? sourceName = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= CovidCtModelOptions.Default;
        return new CovidCtModel(ModelFile.Read(stream, options, sourceName), options);
    }

    /// <summary>
    /// Loads the default model from the package <c>CovidCtNet.Lib.Model</c>, in the precision of <see cref="CovidCtModelOptions.Precision"/>.
    /// </summary>
    /// <param name="options">How to run it; <see cref="CovidCtModelOptions.Default"/> if null.</param>
    /// <exception cref="CovidCtDefaultModelException">The package is not part of the application, or does not hold that precision.</exception>
    /// <exception cref="CovidCtModelException">The runtime or the provider is not usable; the type and message say which.</exception>
    public static CovidCtModel LoadDefault(CovidCtModelOptions? options = null)
    {
        using var stream = DefaultModelLocator.Open(options?.Precision ?? CovidCtModelOptions.Default.Precision);
        return Load(stream, options, "The default model");
    }

    /// <summary>Classifies one slice.</summary>
    /// <param name="image">The slice.</param>
    /// <param name="cancellationToken">Ends the run between two of its operators.</param>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="CovidCtModelOutputException">The network gave no finite number.</exception>
    public CtPrediction Predict(CtImage image, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var buffer = _runner.Rent();
        buffer.Resize(1);
        WriteInput(image, buffer.Input(0));
        buffer.Run(cancellationToken);
        return Interpret(buffer.Output(0), image.SourceName);
    }

    /// <summary>Classifies slices in batches.</summary>
    /// <param name="images">The slices, of any sizes.</param>
    /// <param name="cancellationToken">Ends the work between batches, or within a run between two of its operators.</param>
    /// <returns>One prediction for each slice, in order.</returns>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    /// <exception cref="CovidCtModelOutputException">The network gave no finite number for a slice.</exception>
    public IReadOnlyList<CtPrediction> Predict(IReadOnlyList<CtImage> images, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        var predictions = new CtPrediction[images.Count];
        using var buffer = _runner.Rent();
        for (var start = 0; start < images.Count; start += Options.BatchSize)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var count = Math.Min(Options.BatchSize, images.Count - start);
            buffer.Resize(count);
            var from = start;
            Threads.For(count, Options.IntraOpThreads, i => WriteInput(images[from + i], buffer.Input(i)));

            buffer.Run(cancellationToken);
            for (var i = 0; i < count; i++)
            {
                predictions[start + i] = Interpret(buffer.Output(i), images[start + i].SourceName);
            }
        }

        return predictions;
    }

    /// <summary>Releases the session, once runs under way have ended. May be called from any thread, and more than once.</summary>
    public void Dispose()
    {
        CloseExplainer();
        _runner.Dispose();
    }

    private void WriteInput(CtImage image, Span<float> input)
    {
        ArgumentNullException.ThrowIfNull(image);
        var plane = Preprocessing.Width * Preprocessing.Height;
        Preprocessing.Apply(image, input[..plane]);
        Repeat(input, plane);
    }

    /// <summary>Fills the other channels, if there are any, like the first.</summary>
    private static void Repeat(Span<float> input, int plane)
    {
        for (var start = plane; start < input.Length; start += plane)
        {
            input[..plane].CopyTo(input[start..]);
        }
    }

    /// <summary>What an output of the network says about a slice.</summary>
    /// <exception cref="CovidCtModelOutputException">The logit is no finite number.</exception>
    internal CtPrediction Interpret(ReadOnlySpan<float> output, string? imageName)
        => Interpret(output, Contract, _negative, _positive, SourceName, imageName);
}
