using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Inference;

/// <summary>Opens ONNX Runtime sessions with the provider that was asked for, and says in typed errors why it could not.</summary>
internal static class SessionFactory
{
    // Long enough for the next slice to be prepared, shorter than the runtime's own time, in which its threads take the processor from other sessions.
    private const string BusyWaitMicroseconds = "300";
    private const string CpuPackage = "Microsoft.ML.OnnxRuntime";
    private const string GpuPackage = "Microsoft.ML.OnnxRuntime.Gpu";

    /// <summary>Opens a session.</summary>
    /// <param name="model">The bytes of an ONNX file.</param>
    /// <param name="options">Provider, device and threads.</param>
    /// <param name="sourceName">The model's name for messages.</param>
    /// <param name="batch">Name and size of a dimension that is to be fixed; null for none.</param>
    /// <returns>The session, and the provider that runs it.</returns>
    /// <exception cref="CovidCtModelException">The native runtime or the provider is missing, or the runtime refuses the model.</exception>
    public static (InferenceSession Session, CtExecutionProvider Provider) Open(
        byte[] model, CovidCtModelOptions options, string? sourceName, (string Name, int Size)? batch = null)
    {
        var available = AvailableProviders(sourceName);
        if (options.Provider == CtExecutionProvider.Cpu)
        {
            return (Create(model, options, CtExecutionProvider.Cpu, sourceName, batch), CtExecutionProvider.Cpu);
        }

        try
        {
            if (!available.Contains(NameOf(options.Provider), StringComparer.Ordinal))
            {
                throw Missing(options.Provider, sourceName, null);
            }

            return (Create(model, options, options.Provider, sourceName, batch), options.Provider);
        }
        catch (CovidCtProviderException) when (options.AllowCpuFallback)
        {
            return (Create(model, options, CtExecutionProvider.Cpu, sourceName, batch), CtExecutionProvider.Cpu);
        }
    }

    /// <summary>Page-locked memory for inputs and outputs on a GPU, where it is asked for; null for managed memory.</summary>
    public static OrtAllocator? BufferAllocator(InferenceSession session, CtExecutionProvider provider, CovidCtModelOptions options)
    {
        if (provider == CtExecutionProvider.Cpu || !options.Cuda.UsePinnedBuffers)
        {
            return null;
        }

        using var pinned = new OrtMemoryInfo("CudaPinned", OrtAllocatorType.DeviceAllocator, options.DeviceId, OrtMemType.CpuOutput);
        return new OrtAllocator(session, pinned);
    }

    /// <summary>Turns the ways in which a missing native library shows itself into one typed error; null for other exceptions.</summary>
    public static CovidCtRuntimeException? ExplainMissingRuntime(Exception exception, string? sourceName)
    {
        for (Exception? e = exception; e is not null; e = e.InnerException)
        {
            if (e is DllNotFoundException or EntryPointNotFoundException or BadImageFormatException)
            {
                return new CovidCtRuntimeException(
                    sourceName,
                    "cannot run because the native ONNX Runtime is missing or does not fit this machine",
                    $"Add the package {CpuPackage} to the application (or {GpuPackage} for an NVIDIA GPU); the library leaves the choice to it",
                    exception);
            }
        }

        return null;
    }

    private static string[] AvailableProviders(string? sourceName)
    {
        try
        {
            return OrtEnv.Instance().GetAvailableProviders();
        }
        catch (Exception e) when (ExplainMissingRuntime(e, sourceName) is { } explained)
        {
            throw explained;
        }
    }

    private static InferenceSession Create(
        byte[] model, CovidCtModelOptions options, CtExecutionProvider provider, string? sourceName, (string Name, int Size)? batch)
    {
        using var settings = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };
        if (options.IntraOpThreads > 0)
        {
            settings.IntraOpNumThreads = options.IntraOpThreads;
        }

        if (options.WaitBusily)
        {
            settings.AddSessionConfigEntry("session.intra_op.spin_duration_us", BusyWaitMicroseconds);
        }
        else
        {
            settings.AddSessionConfigEntry("session.force_spinning_stop", "1");
        }

        if (batch is { } dimension)
        {
            settings.AddFreeDimensionOverrideByName(dimension.Name, dimension.Size);
        }

        try
        {
            Append(settings, provider, options);
        }
        catch (Exception e) when (e is OnnxRuntimeException or EntryPointNotFoundException or DllNotFoundException)
        {
            throw Missing(provider, sourceName, e);
        }

        try
        {
            return new InferenceSession(model, settings);
        }
        catch (OnnxRuntimeException e) when (provider != CtExecutionProvider.Cpu && CpuTakes(model))
        {
            // The model is good: what failed is the device, its driver or its memory.
            throw Missing(provider, sourceName, e);
        }
        catch (OnnxRuntimeException e)
        {
            throw new CovidCtModelFormatException(sourceName, $"is refused by ONNX Runtime ({e.Message})", "Export the model again", e);
        }
    }

    private static bool CpuTakes(byte[] model)
    {
        try
        {
            using var session = new InferenceSession(model);
            return true;
        }
        catch (OnnxRuntimeException)
        {
            return false;
        }
    }

    private static void Append(SessionOptions settings, CtExecutionProvider provider, CovidCtModelOptions options)
    {
        if (provider == CtExecutionProvider.TensorRt)
        {
            if (options.TensorRt.EngineCacheFolder is { } folder)
            {
                Directory.CreateDirectory(folder);
            }

            using var tensorRt = new OrtTensorRTProviderOptions();
            tensorRt.UpdateOptions(options.TensorRt.ToSettings(options.DeviceId));
            settings.AppendExecutionProvider_Tensorrt(tensorRt);
        }

        if (provider != CtExecutionProvider.Cpu)
        {
            // Under TensorRT, CUDA takes the nodes that TensorRT leaves.
            using var cuda = new OrtCUDAProviderOptions();
            cuda.UpdateOptions(options.Cuda.ToSettings(options.DeviceId));
            settings.AppendExecutionProvider_CUDA(cuda);
        }
    }

    private static string NameOf(CtExecutionProvider provider)
        => provider == CtExecutionProvider.TensorRt ? "TensorrtExecutionProvider" : "CUDAExecutionProvider";

    private static CovidCtProviderException Missing(CtExecutionProvider provider, string? sourceName, Exception? inner) => new(
        sourceName,
        $"cannot run on {provider}: {(inner is null ? "the ONNX Runtime of this application has no such provider" : $"the provider does not start ({inner.Message})")}",
        $"Build the application with -p:OnnxRuntimePackage=Gpu, which takes the package {GpuPackage}, on a machine with an NVIDIA GPU, its driver and CUDA; or set AllowCpuFallback",
        inner);
}
