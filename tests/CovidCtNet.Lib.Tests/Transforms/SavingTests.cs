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

    public static TheoryData<string> Steps => [.. Step.All.Where(s => s.Family != "attention").Select(s => s.Name)];

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

    public static TheoryData<string> Changes => ["another weight", "another threshold", "another model", "another path column", "cut model", "no model", "no settings"];

    [Theory]
    [MemberData(nameof(Changes))]
    public void Changed_pipeline_is_refused_by_both_ways_of_loading(string change)
    {
        Save();
        var view = _slices.View(_ml);
        var chain = Assert.IsAssignableFrom<IEnumerable<ITransformer>>(_ml.Model.Load(File, out _)).ToArray();
        var text = chain[1].Transform(chain[0].Transform(view)).GetColumn<string>("CovidCtNet.Settings").First();
        var parts = text.Split('.');
        var graph = TestModels.MeanGraph();
        var changed = change switch
        {
            // The last byte of the bias -1: the file still parses.
            "another weight" => With(parts, 2, bytes => bytes[bytes.AsSpan().LastIndexOf((ReadOnlySpan<byte>)[0, 0, 0x80, 0xBF]) + 2] = 0x81),
            "another threshold" => With(parts, 2, bytes => "0.7"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("0.6"u8)))),
            "another model" => $"{parts[0]}.{parts[1]}.{Convert.ToBase64String(TestModels.Bytes(graph, TestModels.Contract(graph) with { Version = "9.9.9" }))}",
            "another path column" => With(parts, 0, bytes => "Poth"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("Path"u8)))),
            "cut model" => text[..^40],
            "no model" => $"{parts[0]}.{parts[1]}",
            _ => string.Empty,
        };
        Assert.NotEqual(text, changed);
        chain[1] = _ml.Transforms.Conversion.MapValue("CovidCtNet.Settings", [KeyValuePair.Create("settings", changed)], "CovidCtNet.Seed")
            .Fit(chain[0].Transform(view));
        _ml.Model.Save(new TransformerChain<ITransformer>(chain), view.Schema, File);

        Assert.Throws<CovidCtPipelineException>(() => _ml.Model.LoadCovidCt(File, out _));
        var plain = _ml.Model.Load(File, out _).Transform(view);
        foreach (var output in (string[])["Score", "Probability", "PredictedLabel"])
        {
            var e = Assert.ThrowsAny<Exception>(() => Slices.Read(plain, output));
            Assert.IsType<CovidCtPipelineException>(e.GetBaseException());
            Assert.Contains("Save the pipeline again", e.GetBaseException().Message, StringComparison.Ordinal);
        }

        using var engine = _ml.Model.CreatePredictionEngine<SliceRow, StepAnswers.Scores>(_ml.Model.Load(File, out _));
        Assert.IsType<CovidCtPipelineException>(Assert.ThrowsAny<Exception>(() => engine.Predict(_slices.Row(0))).GetBaseException());

        // Put back, all is well: it was the change that was refused.
        chain[1] = _ml.Transforms.Conversion.MapValue("CovidCtNet.Settings", [KeyValuePair.Create("settings", text)], "CovidCtNet.Seed")
            .Fit(chain[0].Transform(view));
        _ml.Model.Save(new TransformerChain<ITransformer>(chain), view.Schema, File);
        Assert.Equal(7, Slices.Read(_ml.Model.Load(File, out _).Transform(view), "Score").Count);
        _ml.Model.LoadCovidCt(File, out _).Dispose();
    }

    [Fact]
    public void No_changed_byte_of_the_part_with_the_model_changes_a_score()
    {
        Save();
        var whole = System.IO.File.ReadAllBytes(File);
        var expected = Slices.Read(_ml.Model.Load(File, out _).Transform(_slices.View(_ml)), "Score");
        var random = new Random(5);
        var refused = 0;
        for (var round = 0; round < 60; round++)
        {
            System.IO.File.WriteAllBytes(File, whole);
            Change("DefaultMap.idv", bytes => bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8)));
            foreach (var load in (Func<ITransformer>[])[() => _ml.Model.Load(File, out _), () => _ml.Model.LoadCovidCt(File, out _)])
            {
                try
                {
                    // Some bytes mean nothing, as those of a table of contents that is not read.
                    Assert.Equal(expected, Slices.Read(load().Transform(_slices.View(_ml)), "Score"), (a, b) => a.Id == b.Id && a.Values[0].Equals(b.Values[0]));
                }
                catch (Exception e) when (e is not Xunit.Sdk.XunitException)
                {
                    refused++;
                }
            }
        }

        Assert.True(refused > 60, $"{refused} of 120 were refused.");
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
        var view = _slices.View(_ml);
        var e = Assert.Throws<CovidCtPipelineException>(() => _ml.Model.Save(_ml.Transforms.ExtractAttention(_model).Fit(view), view.Schema, new MemoryStream()));
        Assert.Contains("LoadCovidCt", e.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_of_any_name_and_vectors_of_unknown_size_are_saved()
    {
        var view = _ml.Data.LoadFromEnumerable([new { input = new float[16], logits = 7f, Id = 0 }]);
        _ml.Model.Save(_ml.Transforms.ScoreCovidCt(_model, new CovidCtScoringOptions { InputColumnName = "input" }).Fit(view), view.Schema, File);
        using var ours = _ml.Model.LoadCovidCt(File, out _);
        foreach (var loaded in (ITransformer[])[ours, _ml.Model.Load(File, out _)])
        {
            var result = loaded.Transform(view);
            Assert.Equal([7f], result.GetColumn<float>("logits"));
            Assert.Equal(-1, Slices.Read(result, "Score").Single().Values[0], 1e-6f);
        }
    }

    private static string With(string[] parts, int part, Action<byte[]> change)
    {
        var bytes = Convert.FromBase64String(parts[part]);
        change(bytes);
        return string.Join('.', [.. parts[..part], Convert.ToBase64String(bytes), .. parts[(part + 1)..]]);
    }

    private static bool Close(float a, float b) => Math.Abs(a - b) < 1e-6f;

    internal static IEnumerable<ITransformer> Leaves(ITransformer transformer)
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
