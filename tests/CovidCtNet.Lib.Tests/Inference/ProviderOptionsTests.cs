using CovidCtNet.Lib.Inference;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Tests.Inference;

/// <summary>What is told to a GPU provider, and what happens without one. That a GPU obeys cannot be tested here.</summary>
public class ProviderOptionsTests
{
    [Fact]
    public void Cuda_settings_have_the_names_and_values_of_the_provider()
    {
        var settings = new CudaOptions
        {
            MemoryLimitBytes = 2L << 30,
            GrowArenaAsRequested = true,
            ConvolutionSearch = CudaConvolutionSearch.Heuristic,
            UseMaximumWorkspace = false,
            PreferNhwc = true,
        }.ToSettings(3);
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["device_id"] = "3",
                ["gpu_mem_limit"] = "2147483648",
                ["arena_extend_strategy"] = "kSameAsRequested",
                ["cudnn_conv_algo_search"] = "HEURISTIC",
                ["cudnn_conv_use_max_workspace"] = "0",
                ["prefer_nhwc"] = "1",
                ["use_tf32"] = "0",
            },
            settings);
        Assert.False(CudaOptions.Default.ToSettings(0).ContainsKey("gpu_mem_limit"));
        Assert.Equal("kNextPowerOfTwo", CudaOptions.Default.ToSettings(0)["arena_extend_strategy"]);
    }

    [Fact]
    public void TensorRt_caches_engines_only_where_a_folder_is_given()
    {
        var plain = TensorRtOptions.Default.ToSettings(0);
        Assert.Equal("0", plain["trt_engine_cache_enable"]);
        Assert.DoesNotContain("trt_engine_cache_path", plain.Keys);
        var cached = new TensorRtOptions { EngineCacheFolder = "engines", AllowHalfPrecision = true, WorkspaceBytes = 1 << 30 }.ToSettings(1);
        Assert.Equal("1", cached["trt_engine_cache_enable"]);
        Assert.Equal(Path.GetFullPath("engines"), cached["trt_engine_cache_path"]);
        Assert.Equal("1", cached["trt_fp16_enable"]);
        Assert.Equal("1073741824", cached["trt_max_workspace_size"]);
    }

    [Fact]
    public void Values_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaOptions { MemoryLimitBytes = 1000 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CudaOptions { ConvolutionSearch = (CudaConvolutionSearch)7 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new TensorRtOptions { WorkspaceBytes = 0 });
        Assert.Throws<ArgumentException>(() => new TensorRtOptions { EngineCacheFolder = " " });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CovidCtModelOptions { Precision = (ModelPrecision)9 });
    }

    [Theory]
    [InlineData(CtExecutionProvider.Cuda, "CUDAExecutionProvider")]
    [InlineData(CtExecutionProvider.TensorRt, "TensorrtExecutionProvider")]
    public void A_missing_provider_names_package_and_property_and_the_cpu_stands_in_only_when_asked(CtExecutionProvider provider, string name)
    {
        Assert.SkipWhen(OrtEnv.Instance().GetAvailableProviders().Contains(name), "This build has the provider.");
        var e = Assert.Throws<CovidCtProviderException>(() => TestModels.LoadMean(new CovidCtModelOptions { Provider = provider }));
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", e.Message, StringComparison.Ordinal);
        Assert.Contains("-p:OnnxRuntimePackage=Gpu", e.Message, StringComparison.Ordinal);
        using var model = TestModels.LoadMean(new CovidCtModelOptions { Provider = provider, AllowCpuFallback = true });
        Assert.Equal(CtExecutionProvider.Cpu, model.Provider);
    }

    [Fact]
    public void Buffers_of_an_allocator_give_the_values_of_managed_ones()
    {
        // Page-locked memory takes the same way with another allocator.
        var graph = TestModels.MeanGraph();
        using var session = new InferenceSession(graph.ToArray());
        using var runner = new ModelRunner(new InferenceSession(graph.ToArray()), ModelContract.InputName, [1, 4, 4], ModelContract.LogitsName, 1, 2, new OrtAllocator(session, OrtMemoryInfo.DefaultInstance));
        using var buffer = runner.Rent();
        buffer.Resize(2);
        buffer.Input(0).Fill(0.5f);
        buffer.Input(1).Fill(1);
        buffer.Run(CancellationToken.None);
        Assert.Equal(1, buffer.Output(0)[0], 1e-6f);
        Assert.Equal(3, buffer.Output(1)[0], 1e-6f);
    }

    [Fact]
    public void Tuning_gives_every_setting_the_fastest_first()
    {
        var loaded = 0;
        var results = CovidCtTuner.Tune(
            options =>
            {
                loaded++;
                return TestModels.LoadMean(options);
            },
            rounds: 1);
        Assert.Equal(loaded, results.Count);
        Assert.Equal(results.OrderByDescending(r => r.SlicesPerSecond), results);
        Assert.All(results, r => Assert.True(r.SlicesPerSecond > 0));
        Assert.Contains(results, r => r.Options is { IntraOpThreads: 1, BatchSize: 8 });
        Assert.Throws<ArgumentOutOfRangeException>(() => CovidCtTuner.Tune(TestModels.LoadMean, rounds: 0));
    }
}
