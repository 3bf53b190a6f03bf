using System.IO.Compression;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>Saved pipelines give the same values, read by ML.NET alone or by this library, and are refused when they were changed.</summary>
public sealed class SavingTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly CovidCtModel _model = TestModels.LoadMean(new CovidCtModelOptions { BatchSize = 4 });
    private readonly Slices _slices = new(7);

    public static TheoryData<string> Steps => [.. Step.All.Select(s => s.Name).Where(name => !name.StartsWith("attention", StringComparison.Ordinal))];

    private string File => Path.Combine(_slices.Folder, "pipeline.zip");

    public void Dispose()
    {
        _slices.Dispose();
        _model.Dispose();
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Every_step_gives_the_same_values_when_loaded_either_way(string name)
    {
        var step = Step.Named(name);
        var view = _slices.View(_ml);
        _ml.Model.Save(step.Estimator(_ml, _model).Fit(view), view.Schema, File);

        var fresh = new MLContext();
        var plain = fresh.Model.Load(File, out var schema);

        // ML.NET saves the schema without columns of types that are not its own numbers, keys and text.
        Assert.Equal(["Id", "Label", "Path", "Bytes", "Plane"], schema.Select(c => c.Name));
        var stock = plain.Transform(view);
        Assert.Equal(view.Schema.Select(c => c.Name).Concat(step.Outputs), stock.Schema.Select(c => c.Name));
        Assert.DoesNotContain(Leaves(plain), t => t is CovidCtTransformer);
        using var ours = fresh.Model.LoadCovidCt(File, out _);
        var own = Assert.Single(Leaves(ours));
        Assert.IsAssignableFrom<CovidCtTransformer>(own);
        for (var i = 0; i < step.Outputs.Length; i++)
        {
            foreach (var result in (IDataView[])[stock, ours.Transform(view)])
            {
                var rows = Slices.Read(result, step.Outputs[i]);
                Assert.Equal(_slices.Count, rows.Count);
                _slices.AssertValues(step, _model, i, rows);
            }
        }

        // And saved once more, from what was loaded.
        var again = Path.Combine(_slices.Folder, "again.zip");
        _ml.Model.Save(ours, view.Schema, again);
        _slices.AssertValues(step, _model, 0, Slices.Read(fresh.Model.Load(again, out _).Transform(view), step.Outputs[0]));
        (plain as IDisposable)?.Dispose();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Whole_pipeline_from_path_to_probability_survives(int channels)
    {
        var graph = TestModels.MeanGraph(channels: channels);
        using var model = TestModels.Load(TestModels.Bytes(graph, TestModels.Contract(graph, channels: channels)));
        var view = _slices.View(_ml);
        var pipeline = _ml.Transforms.LoadCtSlices(new CtSliceLoadingOptions { OutputColumnName = "Loaded" })
            .Append(_ml.Transforms.PreprocessCtSlices(model.Preprocessing, new CtSlicePreprocessingOptions { InputColumnName = "Loaded" }))
            .Append(_ml.Transforms.ScoreCovidCt(model, new CovidCtScoringOptions { InputColumnName = "Features", ProbabilityColumnName = "P" }))
            .Append(_ml.Transforms.CopyColumns("Result", "P"));
        _ml.Model.Save(pipeline.Fit(view), view.Schema, File);
        var expected = Enumerable.Range(0, _slices.Count).Select(i => (float)model.Predict(_slices[i]).Probability).ToArray();

        var plain = _ml.Model.Load(File, out _);
        Assert.Equal(expected, Slices.Read(plain.Transform(view), "Result").Select(r => r.Values[0]), Close);
        using var engine = _ml.Model.CreatePredictionEngine<SliceRow, Answer>(plain);
        Assert.Equal(expected[2], engine.Predict(_slices.Row(2)).Result, 1e-6f);

        using var ours = _ml.Model.LoadCovidCt(File, out var schema, new CovidCtModelOptions { BatchSize = 3 });
        Assert.Equal(3, Leaves(ours).OfType<CovidCtScoringTransformer>().Single().Model.Options.BatchSize);
        Assert.Equal(expected, Slices.Read(ours.Transform(view), "Result").Select(r => r.Values[0]), Close);
        Assert.Equal(5, schema!.Count);
        Assert.Equal("1.2.3", Leaves(ours).OfType<CovidCtScoringTransformer>().Single().Model.Contract.Version);
    }

    [Fact]
    public void Evaluator_of_ML_NET_works_on_a_plainly_loaded_pipeline()
    {
        var view = _slices.View(_ml);
        var transformer = _ml.Transforms.ScoreCovidCt(_model).Fit(view);
        _ml.Model.Save(transformer, view.Schema, File);
        var live = _ml.BinaryClassification.Evaluate(transformer.Transform(view));
        var loaded = _ml.BinaryClassification.Evaluate(_ml.Model.Load(File, out _).Transform(view));
        Assert.Equal(live.AreaUnderRocCurve, loaded.AreaUnderRocCurve, 1e-9);
    }

    [Fact]
    public void Changed_model_is_refused()
    {
        Save();
        Change("OnnxModel", bytes =>
        {
            // The last byte of the bias -1, a weight: the file still parses.
            var bias = bytes.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0, 0, 0x80, 0xBF]);
            Assert.True(bias > 0);
            bytes[bias + 2] = 0x81;
        });
        var e = Assert.Throws<CovidCtPipelineException>(() => _ml.Model.LoadCovidCt(File, out _));
        Assert.Contains("SHA-256", e.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Changed_settings_are_refused_by_both_ways_of_loading()
    {
        Save();
        Change("Transform_001/Model.key", bytes =>
        {
            // Somewhere in the middle of the text, one letter for another of the same alphabet.
            var text = bytes.AsSpan().IndexOf(System.Text.Encoding.Unicode.GetBytes("eyJ2ZXJzaW9u"));
            Assert.True(text > 0);
            bytes[text + 80] = bytes[text + 80] == (byte)'A' ? (byte)'B' : (byte)'A';
        });
        Assert.Throws<CovidCtPipelineException>(() => _ml.Model.LoadCovidCt(File, out _));
        var plain = _ml.Model.Load(File, out _).Transform(_slices.View(_ml));
        var e = Assert.ThrowsAny<Exception>(() => Slices.Read(plain, "Score"));
        Assert.IsType<CovidCtPipelineException>(e.GetBaseException());
    }

    [Fact]
    public void What_is_no_pipeline_is_refused()
    {
        Assert.Throws<FileNotFoundException>(() => _ml.Model.LoadCovidCt(File, out _));
        System.IO.File.WriteAllText(File, "no zip");
        Assert.Contains(File, Assert.Throws<CovidCtPipelineException>(() => _ml.Model.LoadCovidCt(File, out _)).Reason, StringComparison.Ordinal);
        Save();
        var whole = System.IO.File.ReadAllBytes(File);
        foreach (var length in (int[])[0, 10, whole.Length / 2, whole.Length - 1])
        {
            Assert.Throws<CovidCtPipelineException>(() => _ml.Model.LoadCovidCt(new MemoryStream(whole[..length]), out _));
        }
    }

    [Fact]
    public void Pipeline_of_others_is_loaded_as_it_is()
    {
        var view = _slices.View(_ml);
        _ml.Model.Save(_ml.Transforms.CopyColumns("Copy", "Plane").Append(_ml.Transforms.NormalizeMinMax("Copy")).Fit(view), view.Schema, File);
        using var loaded = _ml.Model.LoadCovidCt(File, out _);
        Assert.Equal(2, Leaves(loaded).Count());
        Assert.Equal(_slices.Count, Slices.Read(loaded.Transform(view), "Copy").Count);
    }

    [Fact]
    public void What_cannot_be_saved_says_so_and_how_to_save_it()
    {
        var clash = _ml.Data.LoadFromEnumerable([new { input = 1f, Path = "x" }]);
        var e = Assert.Throws<CovidCtPipelineException>(() => _ml.Model.Save(_ml.Transforms.ScoreCovidCt(_model).Fit(clash), clash.Schema, new MemoryStream()));
        Assert.Contains("'input'", e.Reason, StringComparison.Ordinal);
        Assert.Contains("Rename", e.Cure, StringComparison.Ordinal);

        var unsized = _ml.Data.LoadFromEnumerable([new { Values = new float[16] }]);
        var options = new CovidCtScoringOptions { InputColumnName = "Values" };
        var fitted = _ml.Transforms.ScoreCovidCt(_model, options).Fit(unsized);
        Assert.Equal(-1, fitted.Transform(unsized).GetColumn<float>("Score").Single(), 1e-6f);
        e = Assert.Throws<CovidCtPipelineException>(() => _ml.Model.Save(fitted, unsized.Schema, new MemoryStream()));
        Assert.Contains("VectorType(16)", e.Cure, StringComparison.Ordinal);

        var view = _slices.View(_ml);
        e = Assert.Throws<CovidCtPipelineException>(() => _ml.Model.Save(_ml.Transforms.ExtractAttention(_model).Fit(view), view.Schema, new MemoryStream()));
        Assert.Contains("LoadCovidCt", e.Cure, StringComparison.Ordinal);
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) < 1e-6f;

    private static IEnumerable<ITransformer> Leaves(ITransformer transformer)
        => transformer is IEnumerable<ITransformer> chain ? chain.SelectMany(Leaves) : [transformer];

    private void Save()
    {
        var view = _slices.View(_ml);
        _ml.Model.Save(_ml.Transforms.ScoreCovidCt(_model).Fit(view), view.Schema, File);
    }

    private void Change(string entryName, Action<byte[]> change)
    {
        using var archive = ZipFile.Open(File, ZipArchiveMode.Update);
        var entry = archive.Entries.Single(e => e.FullName.Replace('\\', '/').EndsWith(entryName, StringComparison.Ordinal));
        using var stream = entry.Open();
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        change(bytes);
        stream.Position = 0;
        stream.Write(bytes);
    }

    public sealed class Answer
    {
        public float Result { get; set; }
    }
}
