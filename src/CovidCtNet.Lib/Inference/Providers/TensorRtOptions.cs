namespace CovidCtNet.Lib.Inference;

/// <summary>How TensorRT runs a model; see ONNX Runtime's TensorRT execution provider for each key.</summary>
public sealed record TensorRtOptions
{
    /// <summary>The options used where none are given.</summary>
    public static TensorRtOptions Default { get; } = new();

    /// <summary>
    /// Folder that built engines and timings are kept in (<c>trt_engine_cache_path</c>), made where it is missing: building takes minutes,
    /// and an engine fits one model, GPU and version. Null keeps none. Default: null.
    /// </summary>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public string? EngineCacheFolder
    {
        get;
        init
        {
            if (value is not null)
            {
                ArgumentException.ThrowIfNullOrWhiteSpace(value);
            }

            field = value;
        }
    }

    /// <summary>Whether TensorRT may compute a float32 model in 16 bits (<c>trt_fp16_enable</c>). Default: false.</summary>
    public bool AllowHalfPrecision { get; init; }

    /// <summary>Whether TensorRT may compute the 8-bit pairs of a quantised model in 8 bits (<c>trt_int8_enable</c>). Default: true.</summary>
    public bool AllowInt8 { get; init; } = true;

    /// <summary>The most workspace, in bytes (<c>trt_max_workspace_size</c>); null leaves it to TensorRT. Default: null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 MiB.</exception>
    public long? WorkspaceBytes
    {
        get;
        init
        {
            if (value < 1 << 20)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The workspace must be at least 1 MiB.");
            }

            field = value;
        }
    }

    /// <summary>The keys and values that ONNX Runtime takes.</summary>
    internal Dictionary<string, string> ToSettings(int deviceId)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["device_id"] = ProviderSetting.Of(deviceId),
            ["trt_fp16_enable"] = ProviderSetting.Of(AllowHalfPrecision),
            ["trt_int8_enable"] = ProviderSetting.Of(AllowInt8),
            ["trt_engine_cache_enable"] = ProviderSetting.Of(EngineCacheFolder is not null),
            ["trt_timing_cache_enable"] = ProviderSetting.Of(EngineCacheFolder is not null),
        };
        if (EngineCacheFolder is { } folder)
        {
            settings["trt_engine_cache_path"] = Path.GetFullPath(folder);
            settings["trt_timing_cache_path"] = Path.GetFullPath(folder);
        }

        if (WorkspaceBytes is { } bytes)
        {
            settings["trt_max_workspace_size"] = ProviderSetting.Of(bytes);
        }

        return settings;
    }
}
