using System.Text;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Annotations;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Runs;
using SkiaSharp;
using TorchSharp;

namespace CovidCtNet.Robustness.Fuzzing;

/// <summary>Sound files to start from: those of the tests, and small ones that the library writes.</summary>
internal static class FuzzSeeds
{
    private const int Side = 4;

    public static CtImage Slice { get; } = CtPhantom.Create(1, new CtPhantomOptions { Width = 64, Height = 64 }).Image;

    /// <summary>Files of the repository's tests with one of the endings, in order of name.</summary>
    public static IReadOnlyList<byte[]> Images(params string[] endings)
    {
        var tests = Path.Combine(RepositoryRoot(), "tests", "CovidCtNet.Lib.Tests", "Imaging");
        List<byte[]> files =
        [
            .. Directory.EnumerateFiles(tests, "*", SearchOption.AllDirectories)
                .Where(f => f.Contains($"{Path.DirectorySeparatorChar}files{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
                .Where(f => endings.Contains(Path.GetExtension(f)) || (endings[0] == ".dcm" && Path.GetExtension(f).Length == 0) || (endings[0] == ".nii" && f.EndsWith(".nii.gz", StringComparison.Ordinal)))
                .Order(StringComparer.Ordinal)
                .Select(File.ReadAllBytes),
        ];
        if (endings[0] is ".jpg" or ".bmp")
        {
            files.Add(Encode(SKEncodedImageFormat.Jpeg));
        }

        return files;
    }

    public static IReadOnlyList<byte[]> Graphs()
        => [.. Directory.EnumerateFiles(Path.Combine(RepositoryRoot(), "tests", "CovidCtNet.Lib.Onnx.Tests", "Models"), "*.onnx").Order(StringComparer.Ordinal).Select(File.ReadAllBytes), .. Models()];

    public static IReadOnlyList<byte[]> Models() => [ModelBytes()];

    public static IReadOnlyList<byte[]> Contracts()
    {
        var graph = Mean();
        return [Encoding.UTF8.GetBytes(Contract(graph).ToJson()), Encoding.UTF8.GetBytes(new CtPreprocessing().ToJson())];
    }

    public static IReadOnlyList<byte[]> Annotations()
    {
        var mask = new bool[20 * 10];
        mask.AsSpan(45, 8).Fill(true);
        mask.AsSpan(65, 8).Fill(true);
        var annotation = InfectionAnnotation.FromMask(mask, 20, 10, "opacity");
        var labelMe = Written(path => LabelMeFile.Write(path, annotation));
        return
        [
            labelMe,
            Written(path => CocoFile.Write(path, [annotation])),
            Written(path => CocoFile.Write(path, [annotation], CocoSegmentation.CompressedRunLengths)),
        ];
    }

    public static IReadOnlyList<byte[]> Arrays() => [Written(path => NpyFile.Write(path, new float[12], 3, 4))];

    public static IReadOnlyList<byte[]> Manifests()
        => [Encoding.UTF8.GetBytes("path,label,group,fold\nCOVID/a (1).png,COVID,c1,0\nnon-COVID/b (1).png,non-COVID,n1,1\n\"x,\"\"y.png\",COVID,c2,2\n")];

    public static IReadOnlyList<byte[]> Checkpoints()
    {
        TorchRuntime.EnsureLoaded();
        using var first = torch.ones(3, 2);
        using var second = torch.arange(4, torch.int64);
        return [Written(path => TensorFile.Save(path, new Dictionary<string, torch.Tensor> { ["layer.weight"] = first, ["steps"] = second }))];
    }

    /// <summary>A model of one convolution, so that a run takes microseconds.</summary>
    public static byte[] ModelBytes()
    {
        var graph = Mean();
        graph.Metadata[ModelContract.MetadataKey] = Contract(graph).ToJson();
        return graph.ToArray();
    }

    public static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "CovidCtNet.Lib.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DirectoryNotFoundException("The seeds lie in the repository's tests: run this within the repository.");
    }

    private static OnnxGraph Mean()
    {
        var builder = new OnnxGraphBuilder("mean");
        var input = builder.Input(ModelContract.InputName, ["N", 1, Side, Side]);
        var kernel = builder.Initializer("k", (ReadOnlySpan<float>)[1f, 0, -1, 2, 0, -2, 1, 0, -1], 1, 1, 3, 3);
        var pooled = builder.Flatten(builder.GlobalAveragePool(builder.Relu(builder.Conv(input, kernel, pads: [1, 1, 1, 1]))));
        return builder.Build(builder.Gemm(
            pooled, builder.Initializer("w", (ReadOnlySpan<float>)[4f], 1, 1), builder.Initializer("b", (ReadOnlySpan<float>)[-1f], 1), name: ModelContract.LogitsName));
    }

    private static ModelContract Contract(OnnxGraph graph) => new()
    {
        SchemaVersion = ModelContract.CurrentSchemaVersion,
        Name = "mean",
        Version = "1.0.0",
        Preprocessing = new CtPreprocessing { Width = Side, Height = Side, Fit = CtFit.Stretch },
        Classes = ["non-COVID", "COVID"],
        Threshold = 0.5,
        Temperature = 1,
        Network = new ModelNetwork { Architecture = "mean", Width = 1, InputChannels = 1, InputWidth = Side, InputHeight = Side, Head = ModelHead.OneLogit, Attention = false },
        Training = null,
        Metrics = [],
        WeightsLicense = "MIT",
        WeightsSha256 = graph.ComputeWeightsSha256(),
        IntendedUse = "Robustness.",
    };

    private static byte[] Encode(SKEncodedImageFormat format)
    {
        var intensity = new float[Slice.Width * Slice.Height];
        Slice.CopyIntensityTo(intensity);
        using var bitmap = new SKBitmap(Slice.Width, Slice.Height, SKColorType.Gray8, SKAlphaType.Opaque);
        for (var i = 0; i < intensity.Length; i++)
        {
            var gray = (byte)(intensity[i] * 255);
            bitmap.SetPixel(i % Slice.Width, i / Slice.Width, new SKColor(gray, gray, gray));
        }

        using var data = bitmap.Encode(format, 90);
        return data.ToArray();
    }

    private static byte[] Written(Action<string> write)
    {
        using var file = new ScratchFile([]);
        write(file.Path);
        return File.ReadAllBytes(file.Path);
    }
}
