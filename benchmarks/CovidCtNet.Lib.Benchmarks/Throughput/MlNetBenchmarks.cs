using BenchmarkDotNet.Attributes;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;

namespace CovidCtNet.Lib.Benchmarks.Throughput;

/// <summary>The ML.NET step from PNG paths, and files through <c>PredictFilesAsync</c>; the column counts the whole folder.</summary>
public class MlNetBenchmarks
{
    private string _folder = "";
    private string[] _paths = [];
    private CovidCtModel? _model;
    private IDataView? _scored;

    /// <summary>Files.</summary>
    [Params(64)]
    public int Batch { get; set; }

    /// <summary>Which default model.</summary>
    [Params(ModelPrecision.Float32, ModelPrecision.Int8)]
    public ModelPrecision Precision { get; set; }

    /// <summary>Writes the files.</summary>
    [GlobalSetup]
    public void Setup()
    {
        _folder = Directory.CreateTempSubdirectory("covidctnet-benchmark-").FullName;
        _paths = [.. Enumerable.Range(0, Batch).Select(i => Path.Combine(_folder, $"{i}.png"))];
        foreach (var (i, path) in _paths.Index())
        {
            CtPhantom.Create(i).Image.SavePng(path);
        }

        _model = CovidCtModel.LoadDefault(new CovidCtModelOptions { Precision = Precision });
        var ml = new MLContext();
        var rows = ml.Data.LoadFromEnumerable(_paths.Select(p => new Row { Path = p }).ToArray());
        _scored = ml.Transforms.ScoreCovidCt(_model).Fit(rows).Transform(rows);
    }

    /// <summary>Removes them.</summary>
    [GlobalCleanup]
    public void Cleanup()
    {
        _model?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>A cursor over probabilities.</summary>
    [Benchmark]
    public float ScoreFromPaths()
    {
        var column = _scored!.Schema["Probability"];
        using var cursor = _scored.GetRowCursor([column]);
        var getter = cursor.GetGetter<float>(column);
        float sum = 0, value = 0;
        while (cursor.MoveNext())
        {
            getter(ref value);
            sum += value;
        }

        return sum;
    }

    /// <summary>The same files without ML.NET.</summary>
    [Benchmark]
    public async Task<double> PredictFiles()
    {
        double sum = 0;
        await foreach (var result in _model!.PredictFilesAsync(_paths))
        {
            sum += result.Prediction!.Probability;
        }

        return sum;
    }

    private sealed class Row
    {
        public string Path { get; set; } = "";
    }
}
