using System.Text;
using System.Text.Json;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Annotations;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Runs;
using TorchSharp;

namespace CovidCtNet.Robustness.Fuzzing;

/// <summary>Everything that reads a file, and what it may throw.</summary>
internal static class FuzzTargets
{
    // No field of the library's types: under AFL++ its code must not run before the fuzzer has set up the memory for coverage.
    private static CtStudyOptions StudyOptions => new() { ImageLimits = CtImageLimits.Default, MaximumFiles = 1000 };

    private static readonly FuzzTarget[] All =
    [
        new("png", 10, () => FuzzSeeds.Images(".png"), Menders.Png, ReadImages, e => e is CtImageException),
        new("jpeg", 6, () => FuzzSeeds.Images(".jpg", ".jpeg"), null, ReadImages, e => e is CtImageException),
        new("bmp", 4, () => FuzzSeeds.Images(".bmp"), null, ReadImages, e => e is CtImageException),
        new("tiff", 18, () => FuzzSeeds.Images(".tif"), null, ReadImages, e => e is CtImageException),
        new("dicom", 24, () => FuzzSeeds.Images(".dcm"), null, ReadImages, e => e is CtImageException),
        new("nifti", 8, () => FuzzSeeds.Images(".nii"), Menders.Gzip, ReadImages, e => e is CtImageException),
        new("archive", 8, () => FuzzSeeds.Images(".dcm"), Menders.Zip, ReadStudy, e => e is CtImageException),
        new("onnx", 7, FuzzSeeds.Graphs, null, ReadGraph, e => e is OnnxException),
        new("model", 3, FuzzSeeds.Models, null, ReadModel, e => e is CovidCtModelException),
        new("contract", 4, FuzzSeeds.Contracts, null, ReadContract, e => e is JsonException),
        new("json", 4, FuzzSeeds.Annotations, null, ReadAnnotations, e => e is AnnotationException),
        new("npy", 2, FuzzSeeds.Arrays, null, ReadArray, e => e is ExplanationException),
        new("csv", 3, FuzzSeeds.Manifests, null, ReadManifest, e => e is DatasetException),
        new("checkpoint", 3, FuzzSeeds.Checkpoints, Menders.Checkpoint, ReadCheckpoint, e => e is TrainingException),
    ];

    public static IEnumerable<string> Names => All.Select(t => t.Name);

    public static int TotalWeight => All.Sum(t => t.Weight);

    public static FuzzTarget Find(string name)
        => Array.Find(All, t => t.Name == name) ?? throw new ArgumentException($"{name} is no target. There are: {string.Join(", ", Names)}.");

    private static void ReadImages(byte[] data)
    {
        foreach (var image in CtImage.LoadAll(new MemoryStream(data), CtImageLimits.Default, "fuzz"))
        {
            foreach (var pixel in image.Pixels)
            {
                if (!float.IsFinite(pixel))
                {
                    throw new InvalidOperationException("A pixel is not finite.");
                }
            }

            CtInputGate.Check(image);
        }
    }

    private static void ReadStudy(byte[] data)
    {
        using var file = new ScratchFile(data);
        using var study = CtStudy.Load(file.Path, StudyOptions);
        foreach (var slice in study.Series.SelectMany(s => s.Slices))
        {
            slice.Load();
        }
    }

    private static void ReadGraph(byte[] data)
    {
        var graph = OnnxGraph.Load(new MemoryStream(data), "fuzz");
        graph.ComputeWeightsSha256();
        OnnxGraph.Load(new MemoryStream(graph.ToArray()), "again");
    }

    private static void ReadModel(byte[] data)
    {
        using var model = CovidCtModel.Load(new MemoryStream(data), new CovidCtModelOptions { IntraOpThreads = 1 }, "fuzz");
        model.Predict(FuzzSeeds.Slice);
    }

    private static void ReadContract(byte[] data)
    {
        var text = Encoding.UTF8.GetString(data);
        try
        {
            CtPreprocessing.FromJson(text);
        }
        catch (JsonException)
        {
        }

        ModelContract.FromJson(text).Validate();
    }

    private static void ReadAnnotations(byte[] data)
    {
        using var file = new ScratchFile(data);
        try
        {
            CocoFile.Read(file.Path);
        }
        catch (AnnotationException)
        {
        }

        LabelMeFile.Read(file.Path);
    }

    private static void ReadArray(byte[] data)
    {
        using var file = new ScratchFile(data);
        NpyFile.Read(file.Path);
    }

    private static void ReadManifest(byte[] data)
    {
        using var file = new ScratchFile(data);
        SliceManifest.FromCsv(file.Path);
    }

    private static void ReadCheckpoint(byte[] data)
    {
        TorchRuntime.EnsureLoaded();
        using var file = new ScratchFile(data);
        using var first = torch.zeros(3, 2);
        using var second = torch.zeros(4, torch.int64);
        TensorFile.Load(file.Path, new Dictionary<string, torch.Tensor> { ["layer.weight"] = first, ["steps"] = second });
    }
}
