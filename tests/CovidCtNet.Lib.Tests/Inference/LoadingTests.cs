using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;

namespace CovidCtNet.Lib.Tests.Inference;

/// <summary>Whatever is wrong with a model is refused when it is loaded, with its name, the reason and the cure.</summary>
public sealed class LoadingTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("model-loading-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void File_and_stream_load_alike()
    {
        var graph = TestModels.MeanGraph();
        var bytes = TestModels.Bytes(graph, TestModels.Contract(graph));
        var path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllBytes(path, bytes);
        using var fromFile = CovidCtModel.Load(path);
        using var fromStream = CovidCtModel.Load(new ForwardOnlyStream(bytes));
        Assert.Equal(path, fromFile.SourceName);
        Assert.Equal("1.2.3", fromFile.Contract.Version);
        Assert.Equal(fromFile.Predict(TestModels.Flat(9)), fromStream.Predict(TestModels.Flat(9)));
    }

    [Fact]
    public void Missing_file_is_FileNotFound()
    {
        var path = Path.Combine(_folder.FullName, "none.onnx");
        Assert.Equal(path, Assert.Throws<FileNotFoundException>(() => CovidCtModel.Load(path)).FileName);
    }

    [Fact]
    public void No_ONNX_at_all_is_refused()
    {
        Refused<CovidCtModelFormatException>([], "no ONNX model");
        Refused<CovidCtModelFormatException>("this is text"u8.ToArray(), "no ONNX model");
        var graph = TestModels.MeanGraph();
        var bytes = TestModels.Bytes(graph, TestModels.Contract(graph));
        for (var length = 0; length < bytes.Length; length += 7)
        {
            Assert.ThrowsAny<CovidCtModelException>(() => TestModels.Load(bytes[..length]));
        }
    }

    [Fact]
    public void Missing_or_broken_contract_is_refused()
    {
        var graph = TestModels.MeanGraph();
        Refused<CovidCtModelContractException>(graph.ToArray(), "covidctnet.contract");
        graph.Metadata[ModelContract.MetadataKey] = "{ }";
        Refused<CovidCtModelContractException>(graph.ToArray(), "cannot be read");
        graph.Metadata[ModelContract.MetadataKey] = "nonsense";
        Refused<CovidCtModelContractException>(graph.ToArray(), "cannot be read");
        var good = TestModels.Contract(graph);
        Refused<CovidCtModelContractException>(TestModels.Bytes(graph, good with { Threshold = 2 }), "threshold");
        Refused<CovidCtModelContractException>(TestModels.Bytes(graph, good with { SchemaVersion = 9 }), "Update this library");
    }

    [Fact]
    public void Preprocessing_out_of_range_is_refused()
    {
        var graph = TestModels.MeanGraph();
        graph.Metadata[ModelContract.MetadataKey] =
            TestModels.Contract(graph).ToJson().Replace("\"standardDeviation\":1", "\"standardDeviation\":-1", StringComparison.Ordinal);
        Refused<CovidCtModelContractException>(graph.ToArray(), "standard deviation");
    }

    [Fact]
    public void Weights_of_another_model_are_refused()
    {
        var graph = TestModels.MeanGraph();
        var contract = TestModels.Contract(graph) with { WeightsSha256 = new string('0', 64) };
        Refused<CovidCtModelWeightsException>(TestModels.Bytes(graph, contract), "SHA-256");
    }

    [Fact]
    public void Input_and_output_must_be_what_the_contract_says()
    {
        OnnxGraph Make(string input, OnnxShape shape, string output, int classes = 1, OnnxElementType type = OnnxElementType.Float32)
        {
            var builder = new OnnxGraphBuilder();
            var x = builder.Input(input, shape, type);
            var channels = (int)shape[1].Value!.Value;
            var pooled = type == OnnxElementType.Float32 ? x : builder.Node("Cast", [x], [OnnxAttribute.Of("to", 1)]);
            var weight = builder.Initializer("w", (ReadOnlySpan<float>)new float[channels * classes], channels, classes);
            return builder.Build(builder.Gemm(builder.Flatten(builder.GlobalAveragePool(pooled)), weight, name: output));
        }

        void Wrong(OnnxGraph graph, string named)
            => Refused<CovidCtModelFormatException>(TestModels.Bytes(graph, TestModels.Contract(graph)), named);

        Wrong(Make("image", ["N", 1, 4, 4], "logits"), "image");
        Wrong(Make("input", ["N", 1, 5, 4], "logits"), "[N, 1, 5, 4]");
        Wrong(Make("input", ["N", 3, 4, 4], "logits"), "[N, 3, 4, 4]");
        Wrong(Make("input", [1, 1, 4, 4], "logits"), "N free");
        Wrong(Make("input", ["N", 1, 4, 4], "logits", type: OnnxElementType.Float64), "float64");
        Wrong(Make("input", ["N", 1, 4, 4], "probability"), "probability");
        Wrong(Make("input", ["N", 1, 4, 4], "logits", classes: 3), "[N, 3]");
    }

    [Fact]
    public void External_data_is_refused()
    {
        // One more weight whose data lie in w.bin, by hand: TensorProto dims 1, float, name z, external_data (13), data_location (14). A
        // second graph field (7) merges its initializers (5) into the first.
        byte[] entry = [0x0A, 8, .. "location"u8, 0x12, 5, .. "w.bin"u8];
        byte[] tensor = [0x08, 1, 0x10, 1, 0x42, 1, (byte)'z', 0x6A, (byte)entry.Length, .. entry, 0x70, 1];
        byte[] graphField = [0x3A, (byte)(tensor.Length + 2), 0x2A, (byte)tensor.Length, .. tensor];
        var graph = TestModels.MeanGraph();
        Refused<CovidCtModelFormatException>([.. TestModels.Bytes(graph, TestModels.Contract(graph)), .. graphField], "external");
    }

    [Fact]
    public void Model_over_the_size_limit_is_refused_before_it_is_read()
    {
        var graph = TestModels.MeanGraph();
        var bytes = TestModels.Bytes(graph, TestModels.Contract(graph));
        var limit = new CovidCtModelOptions { MaximumModelBytes = bytes.Length - 1 };
        var stream = new MemoryStream(bytes);
        Assert.Throws<CovidCtModelTooLargeException>(() => CovidCtModel.Load(stream, limit));
        Assert.Equal(0, stream.Position);
        Assert.Throws<CovidCtModelTooLargeException>(() => CovidCtModel.Load(new ForwardOnlyStream(bytes), limit));
        using var fits = CovidCtModel.Load(stream, limit with { MaximumModelBytes = bytes.Length });
    }

    [Theory]
    [InlineData(CtExecutionProvider.Cuda)]
    [InlineData(CtExecutionProvider.TensorRt)]
    public void Missing_provider_is_named_with_its_package_or_replaced_on_request(CtExecutionProvider provider)
    {
        Assert.SkipWhen(
            Microsoft.ML.OnnxRuntime.OrtEnv.Instance().GetAvailableProviders().Any(p => p.StartsWith("CUDA", StringComparison.Ordinal)),
            "This build of ONNX Runtime has GPU providers.");
        var e = Assert.Throws<CovidCtProviderException>(() => TestModels.LoadMean(new CovidCtModelOptions { Provider = provider }));
        Assert.Contains("Microsoft.ML.OnnxRuntime.Gpu", e.Cure, StringComparison.Ordinal);
        Assert.Contains("-p:OnnxRuntimePackage=Gpu", e.Cure, StringComparison.Ordinal);
        Assert.Contains(provider.ToString(), e.Reason, StringComparison.Ordinal);

        using var model = TestModels.LoadMean(new CovidCtModelOptions { Provider = provider, AllowCpuFallback = true });
        Assert.Equal(CtExecutionProvider.Cpu, model.Provider);
        Assert.Equal(3, model.Predict(TestModels.Flat(255)).Logit, 1e-6);
    }

    [Fact]
    public void Missing_native_runtime_is_named_with_its_package()
    {
        var shown = new TypeInitializationException("Microsoft.ML.OnnxRuntime.NativeMethods", new DllNotFoundException("onnxruntime"));
        var explained = SessionFactory.ExplainMissingRuntime(shown, "m.onnx");
        Assert.NotNull(explained);
        Assert.Contains("Microsoft.ML.OnnxRuntime", explained.Cure, StringComparison.Ordinal);
        Assert.Same(shown, explained.InnerException);
        Assert.Null(SessionFactory.ExplainMissingRuntime(new InvalidOperationException(), null));
    }

    [Fact]
    public void Absent_default_model_names_the_package()
    {
        var e = Assert.Throws<CovidCtDefaultModelException>(() => DefaultModelLocator.Open(ModelPrecision.Float32, "CovidCtNet.Lib.NoSuchModel"));
        Assert.Contains("CovidCtNet.Lib.Model", e.Cure, StringComparison.Ordinal);
        Assert.Throws<CovidCtDefaultModelException>(() => DefaultModelLocator.Open(ModelPrecision.Float32, "CovidCtNet.Lib.Onnx"));
    }

    [Fact]
    public void Default_model_loads_where_the_trained_file_is_part_of_the_build()
    {
        var e = Record.Exception(() => DefaultModelLocator.Open(ModelPrecision.Float32).Dispose());
        Assert.SkipWhen(e is CovidCtDefaultModelException, $"The trained default model is not part of this build: {e?.Message}");
        Assert.Null(e);
        using var model = CovidCtModel.LoadDefault();
        var phantom = model.Predict(CovidCtNet.Lib.Imaging.CtPhantom.Create(1).Image);
        Assert.InRange(phantom.Probability, 0, 1);
        Assert.Empty(model.Contract.Validate());
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CovidCtModelOptions { BatchSize = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CovidCtModelOptions { IntraOpThreads = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CovidCtModelOptions { DeviceId = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CovidCtModelOptions { MaximumModelBytes = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new CovidCtModelOptions { Provider = (CtExecutionProvider)9 });
    }

    private static void Refused<T>(byte[] bytes, string named)
        where T : CovidCtModelException
    {
        var e = Assert.Throws<T>(() => TestModels.Load(bytes));
        Assert.StartsWith("test.onnx: ", e.Message, StringComparison.Ordinal);
        Assert.Contains(named, e.Message, StringComparison.Ordinal);
        Assert.NotEmpty(e.Cure);
    }

    private sealed class ForwardOnlyStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();
    }
}
