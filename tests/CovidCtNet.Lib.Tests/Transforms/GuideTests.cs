using CovidCtNet.Lib.Hosting;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>The code of the guide page: it compiles, it runs, and it stands in the page as it stands here.</summary>
public sealed class GuideTests : IDisposable
{
    private readonly Slices _slices = new(12);

    public void Dispose() => _slices.Dispose();

    [Fact]
    public void Every_block_of_the_guide_is_code_of_this_file()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "CovidCtNet.Lib.sln")))
        {
            root = Path.GetDirectoryName(root) ?? throw new InvalidOperationException("The tests do not run inside the source tree.");
        }

        var here = Lines(File.ReadAllText(Path.Combine(root, "tests", "CovidCtNet.Lib.Tests", "Transforms", "GuideTests.cs")));
        var guide = File.ReadAllText(Path.Combine(root, "docs", "mlnet.md"));
        var blocks = guide.Split("```csharp").Skip(1).Select(b => Lines(b[..b.IndexOf("```", StringComparison.Ordinal)])).ToArray();
        Assert.Equal(10, blocks.Length);
        Assert.All(blocks, block => Assert.Contains(block, here, StringComparison.Ordinal));
    }

    [Fact]
    public void Pipelines_of_the_guide_run()
    {
        var folder = _slices.Folder;
        var modelFile = WriteModel();
        var pipelineFile = Path.Combine(folder, "pipeline.zip");
        var imageFile = _slices.PathOf(3);
        var rows = Enumerable.Range(0, 12).Select(i => new SliceFile { Path = _slices.PathOf(i), Name = $"slice{i}.png", Label = i % 2 == 0, Scan = $"scan{i / 2}" }).ToArray();

        var ml = new MLContext();
        using var model = CovidCtModel.Load(modelFile);
        var data = ml.Data.LoadFromEnumerable(rows);
        using var scorer = ml.Transforms.ScoreCovidCt(model).Fit(data);
        var scored = scorer.Transform(data);
        var expected = Enumerable.Range(0, 12).Select(i => (float)model.Predict(_slices[i]).Probability).ToArray();
        float[] Probabilities(IDataView view, string column = "Probability") => [.. view.GetColumn<float>(column)];
        Assert.Equal(expected, Probabilities(scored), Close);

        var options = new CovidCtScoringOptions { InputColumnName = "File", ProbabilityColumnName = "P", ImageFolder = folder };
        var renamed = ml.Transforms.CopyColumns("File", "Name").Append(ml.Transforms.ScoreCovidCt(model, options));
        Assert.Equal(expected, Probabilities(renamed.Fit(data).Transform(data), "P"), Close);

        var steps = ml.Transforms.LoadCtSlices()
            .Append(ml.Transforms.PreprocessCtSlices(model.Preprocessing))
            .Append(ml.Transforms.ScoreCovidCt(model, new CovidCtScoringOptions { InputColumnName = "Features" }));
        Assert.Equal(expected, Probabilities(steps.Fit(data).Transform(data)), Close);

        var theirs = ml.BinaryClassification.Evaluate(scored);
        var evaluation = ml.BinaryClassification.EvaluateCovidCt(scored, new CovidCtEvaluationOptions { GroupColumnName = "Scan" });
        Console.WriteLine($"AUC {evaluation.Intervals!.Auc:F3}, sensitivity {evaluation.Intervals.Sensitivity:F3}");
        Assert.Equal(theirs.AreaUnderRocCurve, evaluation.Metrics.Auc, 1e-9);

        using var engine = ml.Model.CreatePredictionEngine<SliceFile, ScoredSlice>(ml.Transforms.ScoreCovidCt(model).Fit(data));
        var prediction = engine.Predict(new SliceFile { Path = imageFile });
        Console.WriteLine($"{prediction.Probability:P1}");
        Assert.Equal(expected[3], prediction.Probability, 1e-5f);

        var attention = ml.Transforms.ExtractAttention(model, new CovidCtAttentionOptions { OverlayColumnName = "Overlay" });
        var explained = attention.Fit(scored).Transform(scored);
        Assert.Equal(2, ml.Data.TakeRows(explained, 2).Preview().RowView.Length);

        ml.Model.Save(scorer, data.Schema, pipelineFile);
        using var batched = ml.Model.LoadCovidCt(pipelineFile, out _);
        var plain = ml.Model.Load(pipelineFile, out _);
        Assert.Equal(expected, Probabilities(batched.Transform(data)), Close);
        Assert.Equal(expected, Probabilities(plain.Transform(data)), Close);

        var services = new ServiceCollection();
        services.AddSingleton(typeof(ILogger<>), typeof(NullLogger<>));
        services.AddCovidCt(o =>
        {
            o.ModelPath = modelFile;
            o.ReloadOnChange = true;
        });
        services.AddCovidCtPredictionEnginePool<SliceFile, ScoredSlice>(o => o.PipelinePath = pipelineFile);
        using var provider = services.BuildServiceProvider();
        var source = provider.GetRequiredService<CovidCtModelSource>();
        using var lease = source.Lease();
        var answer = lease.Model.Predict(CtImage.Load(imageFile));
        var pool = provider.GetRequiredService<CovidCtPredictionEnginePool<SliceFile, ScoredSlice>>();
        var pooled = pool.Predict(new SliceFile { Path = imageFile });
        Assert.Equal(answer.Probability, pooled.Probability, 1e-5);
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) < 1e-5f;

    private static string Lines(string text) => string.Join('\n', text.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private string WriteModel()
    {
        var graph = TestModels.ConvGraph(16, 3);
        var path = Path.Combine(_slices.Folder, "model.onnx");
        File.WriteAllBytes(path, TestModels.Bytes(graph, TestModels.Contract(graph, 16)));
        return path;
    }

    public sealed class SliceFile
    {
        public string Path { get; set; } = string.Empty;

        public string Name { get; set; } = string.Empty;

        public bool Label { get; set; }

        public string Scan { get; set; } = string.Empty;
    }

    public sealed class ScoredSlice
    {
        public float Probability { get; set; }
    }
}
