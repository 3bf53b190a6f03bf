namespace CovidCtNet.Lib.Inference;

/// <summary>How CUDA runs a model; see ONNX Runtime's CUDA execution provider for each key.</summary>
public sealed record CudaOptions
{
    /// <summary>The options used where none are given.</summary>
    public static CudaOptions Default { get; } = new();

    /// <summary>The most memory that the arena takes, in bytes (<c>gpu_mem_limit</c>); null for no limit. Default: null.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is below 1 MiB.</exception>
    public long? MemoryLimitBytes
    {
        get;
        init
        {
            if (value < 1 << 20)
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The memory limit must be at least 1 MiB.");
            }

            field = value;
        }
    }

    /// <summary>Whether the arena grows by what is asked for in place of powers of two (<c>arena_extend_strategy</c>). Default: false.</summary>
    public bool GrowArenaAsRequested { get; init; }

    /// <summary>How algorithms of convolutions are chosen. Default: <see cref="CudaConvolutionSearch.Exhaustive"/>, since slices are all of one size.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not known.</exception>
    public CudaConvolutionSearch ConvolutionSearch
    {
        get;
        init
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The search is not known.");
            }

            field = value;
        }
    }

    /// <summary>Whether the search may use as much workspace as an algorithm asks for (<c>cudnn_conv_use_max_workspace</c>). Default: true.</summary>
    public bool UseMaximumWorkspace { get; init; } = true;

    /// <summary>Whether convolutions run channels-last, which tensor cores prefer (<c>prefer_nhwc</c>). Default: false.</summary>
    public bool PreferNhwc { get; init; }

    /// <summary>Whether float32 products may be rounded to 19 bits for tensor cores (<c>use_tf32</c>). Default: false: values stay those of the CPU.</summary>
    public bool UseTf32 { get; init; }

    /// <summary>
    /// Whether inputs and outputs lie in page-locked memory, which the GPU copies without a detour. Default: true.
    /// </summary>
    public bool UsePinnedBuffers { get; init; } = true;

    /// <summary>The keys and values that ONNX Runtime takes.</summary>
    internal Dictionary<string, string> ToSettings(int deviceId)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["device_id"] = ProviderSetting.Of(deviceId),
            ["arena_extend_strategy"] = GrowArenaAsRequested ? "kSameAsRequested" : "kNextPowerOfTwo",
            ["cudnn_conv_algo_search"] = ConvolutionSearch.ToString().ToUpperInvariant(),
            ["cudnn_conv_use_max_workspace"] = ProviderSetting.Of(UseMaximumWorkspace),
            ["prefer_nhwc"] = ProviderSetting.Of(PreferNhwc),
            ["use_tf32"] = ProviderSetting.Of(UseTf32),
        };
        if (MemoryLimitBytes is { } limit)
        {
            settings["gpu_mem_limit"] = ProviderSetting.Of(limit);
        }

        return settings;
    }
}
