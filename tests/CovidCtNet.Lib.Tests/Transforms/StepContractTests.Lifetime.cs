using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;

namespace CovidCtNet.Lib.Tests.Transforms;

public sealed partial class StepContractTests
{
    [Theory]
    [MemberData(nameof(Steps))]
    public void Prediction_engine_gives_the_values_of_the_core(string name)
    {
        var step = Step.Named(name);
        var transformer = step.Estimator(_ml, _model).Fit(_slices.View(_ml));
        var engine = step.Engine(_ml, transformer);
        for (var i = 0; i < _slices.Count; i++)
        {
            var answer = engine.Predict(_slices.Row(i));
            Assert.Equal(step.Outputs.Length, answer.Length);
            for (var o = 0; o < answer.Length; o++)
            {
                _slices.AssertValues(step, _model, o, [(i, answer[o])]);
            }
        }

        // A bad row is an error for its caller and spoils nothing.
        var bad = Record.Exception(() => engine.Predict(new SliceRow { Path = "nothing.png", Plane = new float[3] }));
        Assert.True(bad is CtImageException or CovidCtSchemaException or FileNotFoundException, $"{bad}");
        _slices.AssertValues(step, _model, 0, [(1, engine.Predict(_slices.Row(1))[0])]);

        // By default the engine owns the transformer, and the transformer does not own the model.
        engine.Dispose();
        Assert.Throws<ObjectDisposedException>(() => engine.Predict(_slices.Row(0)));
        Assert.Throws<ObjectDisposedException>(() => transformer.Transform(_slices.View(_ml)));
        Assert.True(double.IsFinite(_model.Predict(_slices[0]).Logit));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Engines_of_many_threads_share_a_transformer(string name)
    {
        var step = Step.Named(name);
        var transformer = step.Estimator(_ml, _model).Fit(_slices.View(_ml));
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            var engine = step.Engine(new MLContext(), transformer);
            for (var i = 0; i < _slices.Count; i++)
            {
                _slices.AssertValues(step, _model, 0, [(i, engine.Predict(_slices.Row(i))[0])]);
            }
        })));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Cancellation_between_rows_ends_cursors_and_engines(string name)
    {
        var step = Step.Named(name);
        using var cancel = new CancellationTokenSource();
        var transformer = step.Estimator(_ml, _model, cancel.Token).Fit(_slices.View(_ml));
        var result = transformer.Transform(_slices.View(_ml));
        using var engine = step.Engine(_ml, transformer);
        using var computing = result.GetRowCursor(result.Schema);
        using var passing = result.GetRowCursor([result.Schema["Id"]]);
        var value = Slices.ValueOf(computing, result.Schema[step.Outputs[0]]);
        Assert.True(computing.MoveNext());
        Assert.True(passing.MoveNext());
        value();
        engine.Predict(_slices.Row(0));
        cancel.Cancel();
        Assert.ThrowsAny<OperationCanceledException>(() => computing.MoveNext());
        Assert.ThrowsAny<OperationCanceledException>(() => passing.MoveNext());
        Assert.ThrowsAny<OperationCanceledException>(() => engine.Predict(_slices.Row(0)));
        Assert.ThrowsAny<OperationCanceledException>(() => Slices.Read(result, step.Outputs[0]));

        // Another transformer over the same model goes on.
        _slices.AssertValues(step, _model, 0, Slices.Read(Apply(step), step.Outputs[0], limit: 2));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Cancellation_from_another_thread_ends_all_readers(string name)
    {
        var step = Step.Named(name);
        using var cancel = new CancellationTokenSource();
        var result = Apply(step, token: cancel.Token);
        await EndsAll<OperationCanceledException>(result, step, cancel.Cancel);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Disposal_ends_a_cursor_with_a_clear_exception(string name)
    {
        var step = Step.Named(name);
        var transformer = step.Estimator(_ml, _model).Fit(_slices.View(_ml));
        var result = transformer.Transform(_slices.View(_ml));
        using var cursor = result.GetRowCursor(result.Schema);
        var value = Slices.ValueOf(cursor, result.Schema[step.Outputs[0]]);
        Assert.True(cursor.MoveNext());
        value();
        ((IDisposable)transformer).Dispose();
        ((IDisposable)transformer).Dispose();
        Assert.Throws<ObjectDisposedException>(() => cursor.MoveNext());
        Assert.Throws<ObjectDisposedException>(() => transformer.Transform(_slices.View(_ml)));
        Assert.Throws<ObjectDisposedException>(() => transformer.GetRowToRowMapper(result.Schema));
        Assert.Throws<ObjectDisposedException>(() => Slices.Read(result, step.Outputs[0]));
        Assert.Throws<ObjectDisposedException>(() => _ml.Model.Save(transformer, result.Schema, new MemoryStream()));

        // The model is the caller's and goes on.
        Assert.True(double.IsFinite(_model.Predict(_slices[0]).Logit));
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Disposal_under_readers_of_many_threads_ends_them_all(string name)
    {
        var step = Step.Named(name);
        var transformer = step.Estimator(_ml, _model).Fit(_slices.View(_ml));
        await EndsAll<ObjectDisposedException>(transformer.Transform(_slices.View(_ml)), step, ((IDisposable)transformer).Dispose);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public async Task Model_disposed_under_readers_of_many_threads_ends_them_without_a_crash(string name)
    {
        var step = Step.Named(name);
        for (var round = 0; round < 3; round++)
        {
            var model = TestModels.LoadConv(4, 3, new CovidCtModelOptions { BatchSize = 2, IntraOpThreads = 1 });
            var result = Apply(step, model);
            if (step.RunsModel)
            {
                await EndsAll<ObjectDisposedException>(result, step, model.Dispose);
            }
            else
            {
                // Such a step knows the settings of the model only.
                model.Dispose();
                Assert.Equal(_slices.Count, Slices.Read(result, step.Outputs[0]).Count);
            }
        }
    }

    /// <summary>Ends the work while four threads read, each of which must end with the exception.</summary>
    private static async Task EndsAll<TException>(IDataView result, Step step, Action end)
        where TException : Exception
    {
        using var running = new CountdownEvent(4);
        var ended = false;
        var readers = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                Slices.Read(result, step.Outputs[0]);
                running.Signal();
                while (!Volatile.Read(ref ended))
                {
                    Slices.Read(result, step.Outputs[0]);
                }

                // The end has come before this read, so that the read must fail.
                Slices.Read(result, step.Outputs[0]);
            },
            TaskCreationOptions.LongRunning)).ToArray();
        running.Wait(TestContext.Current.CancellationToken);
        end();
        Volatile.Write(ref ended, true);
        foreach (var reader in readers)
        {
            await Assert.ThrowsAnyAsync<TException>(() => reader);
        }
    }
}
