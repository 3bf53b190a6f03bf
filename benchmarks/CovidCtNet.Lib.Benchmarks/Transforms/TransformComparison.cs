using System.Diagnostics;
using System.Globalization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Benchmarks.Transforms;

/// <summary>
/// The default model through a raw ONNX Runtime session, ML.NET's own ONNX step and the scoring step of this library, in turns within one
/// run. Rates in rows per second; the median of the turns counts.
/// </summary>
internal static class TransformComparison
{
    private const int Turns = 7;

    public static int Run(int rows)
    {
        var folder = Directory.CreateTempSubdirectory("covidctnet-mlnet-").FullName;
        try
        {
            using var model = CovidCtModel.LoadDefault();
            var paths = new string[rows];
            var planes = new float[rows][];
            for (var i = 0; i < rows; i++)
            {
                paths[i] = Path.Combine(folder, $"slice{i}.png");
                var slice = CtPhantom.Create(i % 32).Image;
                slice.SavePng(paths[i]);
                planes[i] = model.Preprocessing.Apply(slice);
            }

            var onnx = Path.Combine(folder, "model.onnx");
            File.WriteAllBytes(onnx, model.ModelBytes);
            Compare(model, onnx, Path.Combine(folder, "pipeline.zip"), paths, planes);
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Compare(CovidCtModel model, string onnx, string pipeline, string[] paths, float[][] planes)
    {
        var ml = new MLContext();
        var schema = SchemaDefinition.Create(typeof(PlaneRow));
        schema[0].ColumnName = ModelContract.InputName;
        schema[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 1, model.Preprocessing.Height, model.Preprocessing.Width);
        var planeData = ml.Data.LoadFromEnumerable(planes.Select(p => new PlaneRow { Input = p }).ToArray(), schema);
        var pathData = ml.Data.LoadFromEnumerable(paths.Select(p => new PathRow { Path = p }).ToArray());
        var own = ml.Transforms.ScoreCovidCt(model, new CovidCtScoringOptions { InputColumnName = ModelContract.InputName }).Fit(planeData).Transform(planeData);
        var scorer = ml.Transforms.ScoreCovidCt(model).Fit(pathData);
        var fromPaths = scorer.Transform(pathData);
        ml.Model.Save(scorer, pathData.Schema, pipeline);
        var loaded = ml.Model.Load(pipeline, out _);
        using var loadedParts = loaded as IDisposable;
        var plain = loaded.Transform(pathData);
        using var stockStep = ml.Transforms.ApplyOnnxModel(ModelContract.LogitsName, ModelContract.InputName, onnx).Fit(planeData);
        var stock = stockStep.Transform(planeData);
        using var raw = new RawSession(onnx, model.Preprocessing, model.Options.BatchSize);
        (string Name, Action Work)[] works =
        [
            ("raw session, batches of planes", () => raw.Run(planes)),
            ("ApplyOnnxModel, planes", () => Read<VBuffer<float>>(stock, ModelContract.LogitsName)),
            ("ScoreCovidCt, planes", () => Read<float>(own, "Probability")),
            ("ScoreCovidCt, PNG paths", () => Read<float>(fromPaths, "Probability")),
            ("plain Model.Load, PNG paths", () => Read<float>(plain, "Probability")),
        ];
        var seconds = works.Select(_ => new double[Turns]).ToArray();
        var bytes = new long[works.Length];
        foreach (var (_, work) in works)
        {
            work();
        }

        for (var turn = 0; turn < Turns; turn++)
        {
            for (var w = 0; w < works.Length; w++)
            {
                GC.Collect();
                var before = GC.GetTotalAllocatedBytes(precise: true);
                var clock = Stopwatch.StartNew();
                works[w].Work();
                seconds[w][turn] = clock.Elapsed.TotalSeconds;
                bytes[w] = GC.GetTotalAllocatedBytes(precise: true) - before;
            }
        }

        var rates = seconds.Select(s => planes.Length / s.Order().ElementAt(Turns / 2)).ToArray();
        Console.WriteLine($"{planes.Length} rows of {model.Preprocessing.Width} x {model.Preprocessing.Height}, {Environment.ProcessorCount} processors, median of {Turns} turns");
        for (var w = 0; w < works.Length; w++)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{works[w].Name,-32} {rates[w],8:F1} rows/s  {rates[w] / rates[0],6:P0} of the raw session  {bytes[w] / 1024.0 / planes.Length,8:F2} KB allocated per row"));
        }
    }

    private static void Read<TValue>(IDataView view, string column)
    {
        using var cursor = view.GetRowCursor([view.Schema[column]]);
        var getter = cursor.GetGetter<TValue>(view.Schema[column]);
        TValue value = default!;
        while (cursor.MoveNext())
        {
            getter(ref value);
        }
    }

    private sealed class PlaneRow
    {
        public float[] Input { get; set; } = [];
    }

    private sealed class PathRow
    {
        public string Path { get; set; } = string.Empty;
    }

    private sealed class RawSession(string onnx, CtPreprocessing preprocessing, int batchSize) : IDisposable
    {
        private readonly InferenceSession _session = new(onnx);
        private readonly RunOptions _options = new();

        public void Run(float[][] planes)
        {
            var length = preprocessing.Width * preprocessing.Height;
            var buffer = new float[batchSize * length];
            for (var start = 0; start < planes.Length; start += batchSize)
            {
                var count = Math.Min(batchSize, planes.Length - start);
                for (var i = 0; i < count; i++)
                {
                    planes[start + i].CopyTo(buffer.AsSpan(i * length));
                }

                using var input = OrtValue.CreateTensorValueFromMemory(
                    OrtMemoryInfo.DefaultInstance, buffer.AsMemory(0, count * length), [count, 1, preprocessing.Height, preprocessing.Width]);
                using var outputs = _session.Run(_options, [ModelContract.InputName], [input], [ModelContract.LogitsName]);
            }
        }

        public void Dispose()
        {
            _session.Dispose();
            _options.Dispose();
        }
    }
}
