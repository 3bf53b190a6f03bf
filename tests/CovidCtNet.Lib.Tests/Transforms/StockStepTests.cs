using System.IO.Compression;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Lib.Tests.Inference;
using CovidCtNet.Lib.Transforms;
using CovidCtNet.Lib.Transforms.Saving;
using Microsoft.ML;
using Microsoft.ML.Transforms.Onnx;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>Saved pipelines run through ML.NET's own ONNX step, and another model in that step is refused.</summary>
public sealed class StockStepTests : IDisposable
{
    private readonly MLContext _ml = new(1);
    private readonly CovidCtModel _model = TestModels.LoadMean();
    private readonly Slices _slices = new(7);

    private string Pipeline => Path.Combine(_slices.Folder, "pipeline.zip");

    public void Dispose()
    {
        _slices.Dispose();
        _model.Dispose();
    }

    [Fact]
    public void Plain_load_computes_logits_by_the_stock_step()
    {
        Save();
        var plain = _ml.Model.Load(Pipeline, out _);
        Assert.Single(SavingTests.Leaves(plain).OfType<OnnxTransformer>());

        // A difference below the tolerance is not refused, and shows that the logits are those of the stock step.
        var before = Slices.Read(plain.Transform(_slices.View(_ml)), "Score");
        ChangeStep(bytes => SetBias(bytes, -1.0005f));
        var after = Slices.Read(_ml.Model.Load(Pipeline, out _).Transform(_slices.View(_ml)), "Score");
        Assert.All(before.Zip(after), pair => Assert.Equal(pair.First.Values[0] - 0.0005f, pair.Second.Values[0], 1e-6f));
        Refused(() => _ml.Model.LoadCovidCt(Pipeline, out _), "SHA-256");
    }

    [Theory]
    [InlineData("another weight")]
    [InlineData("another model")]
    [InlineData("no number")]
    public void Another_model_in_the_stock_step_alone_is_refused_by_both_ways_of_loading(string change)
    {
        Save();
        ChangeStep(bytes => change switch
        {
            "another weight" => SetBias(bytes, -1.01f),
            "another model" => OtherModel(),
            _ => SetBias(bytes, float.NaN),
        });
        Refused(() => _ml.Model.LoadCovidCt(Pipeline, out _), "SHA-256");
        var plain = _ml.Model.Load(Pipeline, out _).Transform(_slices.View(_ml));
        foreach (var output in (string[])["Score", "Probability", "PredictedLabel"])
        {
            Refused(() => Slices.Read(plain, output), "does not run the model that was saved");
        }

        using var engine = _ml.Model.CreatePredictionEngine<SliceRow, StepAnswers.Scores>(_ml.Model.Load(Pipeline, out _));
        Refused(() => engine.Predict(_slices.Row(0)), "does not run the model that was saved");
        Refused(() => engine.Predict(_slices.Row(1)), "does not run the model that was saved");
    }

    [Fact]
    public void Threshold_and_calibration_come_from_the_checked_copy()
    {
        Save();
        var expected = Slices.Read(_ml.Model.Load(Pipeline, out _).Transform(_slices.View(_ml)), "PredictedLabel");
        Assert.All(expected, row => Assert.Equal(0, row.Values[0]));
        ChangeStep(bytes =>
        {
            "0.1"u8.CopyTo(bytes.AsSpan(bytes.AsSpan().IndexOf("0.6"u8)));
            return bytes;
        });
        var after = Slices.Read(_ml.Model.Load(Pipeline, out _).Transform(_slices.View(_ml)), "PredictedLabel");
        Assert.Equal(expected.Select(r => r.Values[0]), after.Select(r => r.Values[0]));
        Refused(() => _ml.Model.LoadCovidCt(Pipeline, out _), "SHA-256");
    }

    [Fact]
    public void Second_ONNX_file_beside_the_one_of_the_step_is_refused()
    {
        Save();
        using (var archive = ZipFile.Open(Pipeline, ZipArchiveMode.Update))
        {
            var entry = archive.Entries.Single(e => e.Name == "OnnxModel");
            using var copy = archive.CreateEntry(entry.FullName).Open();
            copy.Write([1, 2, 3, 4, 5]);
        }

        // ML.NET itself may refuse such a file before this library sees it.
        Assert.Throws<CovidCtPipelineException>(() => _ml.Model.LoadCovidCt(Pipeline, out _));
    }

    [Fact]
    public void No_changed_byte_of_the_stock_step_passes_LoadCovidCt_or_moves_a_score_on_plain_load()
    {
        Save();
        var whole = File.ReadAllBytes(Pipeline);
        var expected = Slices.Read(_ml.Model.Load(Pipeline, out _).Transform(_slices.View(_ml)), "Score");
        var random = new Random(5);
        var refused = 0;
        for (var round = 0; round < 40; round++)
        {
            File.WriteAllBytes(Pipeline, whole);
            ChangeStep(bytes =>
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                return bytes;
            });
            Assert.Throws<CovidCtPipelineException>(() => _ml.Model.LoadCovidCt(Pipeline, out _));
            try
            {
                // What passes moves the first row by less than the tolerance; its mean is a fifth of the largest, and the model is linear.
                Assert.Equal(
                    expected,
                    Slices.Read(_ml.Model.Load(Pipeline, out _).Transform(_slices.View(_ml)), "Score"),
                    (a, b) => a.Id == b.Id && Math.Abs(a.Values[0] - b.Values[0]) < 5 * StockStepCheck.Tolerance);
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                refused++;
            }
        }

        Assert.True(refused > 3, $"{refused} of 40 were refused.");
    }

    [Fact]
    public void Rows_are_compared_again_at_every_thousandth_and_none_passes_after_a_difference()
    {
        var check = new StockStepCheck();
        var plane = new float[16];
        void Row(float logit) => check.Verify(_model, plane, [logit]);
        Row(-1);
        Row(5);
        for (var row = 3; row <= StockStepCheck.Interval; row++)
        {
            Row(-1);
        }

        Assert.Contains("logit 5", Assert.Throws<CovidCtPipelineException>(() => Row(5)).Reason, StringComparison.Ordinal);
        Assert.Throws<CovidCtPipelineException>(() => Row(-1));
    }

    [Fact]
    public async Task No_row_passes_before_the_first_comparison_whichever_thread_brings_it()
    {
        var check = new StockStepCheck();
        var refused = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(
            () =>
            {
                for (var row = 0; row < 50; row++)
                {
                    try
                    {
                        check.Verify(_model, new float[16], [5]);
                    }
                    catch (CovidCtPipelineException)
                    {
                        Interlocked.Increment(ref refused);
                    }
                }
            },
            TestContext.Current.CancellationToken)));
        Assert.Equal(400, refused);
    }

    private static void Refused(Action action, string reason)
    {
        var e = Assert.IsType<CovidCtPipelineException>(Assert.ThrowsAny<Exception>(action).GetBaseException());
        Assert.Contains(reason, e.Reason, StringComparison.Ordinal);
        Assert.Contains("Save the pipeline again", e.Cure, StringComparison.Ordinal);
    }

    private static byte[] SetBias(byte[] model, float value)
    {
        var graph = OnnxGraph.Load(new MemoryStream(model));
        graph.SetInitializer(OnnxTensor.Create<float>("b", [value], 1));
        return graph.ToArray();
    }

    private static byte[] OtherModel()
    {
        var graph = TestModels.ConvGraph(4, 1);
        using var other = TestModels.Load(TestModels.Bytes(graph, TestModels.Contract(graph)));
        return StockModel.Create(other);
    }

    private void Save()
    {
        var view = _slices.View(_ml);
        _ml.Model.Save(_ml.Transforms.ScoreCovidCt(_model).Fit(view), view.Schema, Pipeline);
    }

    /// <summary>Changes the ONNX file of the stock step, which stands behind its length, and nothing else.</summary>
    private void ChangeStep(Func<byte[], byte[]> change)
    {
        using var archive = ZipFile.Open(Pipeline, ZipArchiveMode.Update);
        using var stream = archive.Entries.Single(e => e.Name == "OnnxModel").Open();
        using var reader = new BinaryReader(stream);
        var changed = change(reader.ReadBytes(reader.ReadInt32()));
        stream.SetLength(0);
        using var writer = new BinaryWriter(stream);
        writer.Write(changed.Length);
        writer.Write(changed);
    }
}
