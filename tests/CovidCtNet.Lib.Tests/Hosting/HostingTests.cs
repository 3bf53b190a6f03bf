using CovidCtNet.Lib.Hosting;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Inference;
using CovidCtNet.Lib.Tests.Transforms;
using CovidCtNet.Lib.Transforms;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.ML;

namespace CovidCtNet.Lib.Tests.Hosting;

/// <summary>A hosted model is checked at the start, shared, and replaced without losing work under way.</summary>
public sealed class HostingTests : IDisposable
{
    private readonly Slices _slices = new(3);
    private readonly RecordingLoggers _log = new();

    private string ModelPath => Path.Combine(_slices.Folder, "model.onnx");

    private string PipelinePath => Path.Combine(_slices.Folder, "pipeline.zip");

    public void Dispose() => _slices.Dispose();

    [Fact]
    public void Options_are_checked_when_the_host_starts()
    {
        void Refused(Action<CovidCtServiceOptions> configure, string named)
        {
            using var provider = Services(s => s.AddCovidCt(configure));
            var e = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
            Assert.Contains(named, e.Message, StringComparison.Ordinal);
        }

        Refused(o => o.ModelPath = "nothing.onnx", "nothing.onnx");
        Refused(o => o.ReloadOnChange = true, "ModelPath");
        Refused(o => o.ReloadInterval = TimeSpan.Zero, "ReloadInterval");
        Refused(o => o.Model = null!, "Model");
        using var pool = Services(s => s.AddCovidCtPredictionEnginePool<SliceRow, Answer>(o => o.MaximumIdle = 0));
        var e = Assert.Throws<OptionsValidationException>(() => pool.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains("PipelinePath", e.Message, StringComparison.Ordinal);
        Assert.Contains("MaximumIdle", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Model_is_loaded_and_run_when_the_host_starts()
    {
        WriteModel("1.0.0");
        using var provider = Services(s =>
        {
            s.AddCovidCt(o => o.ModelPath = ModelPath);
            s.AddCovidCt();
        });
        Assert.Empty(_log.Lines);
        provider.GetRequiredService<IStartupValidator>().Validate();
        Assert.Equal("The model test 1.0.0 is in use on Cpu.", Assert.Single(_log.Lines).Text);

        // What was loaded is what is used: the file is not read again.
        File.Delete(ModelPath);
        using var lease = provider.GetRequiredService<CovidCtModelSource>().Lease();
        Assert.True(double.IsFinite(lease.Model.Predict(_slices[0]).Logit));
    }

    [Fact]
    public void Model_that_cannot_be_used_stops_the_start()
    {
        File.WriteAllText(ModelPath, "no model");
        using var provider = Services(s => s.AddCovidCt(o => o.ModelPath = ModelPath));
        var e = Assert.ThrowsAny<CovidCtModelException>(() => provider.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains(ModelPath, e.Message, StringComparison.Ordinal);

        // On request only when it is used, and then too.
        using var lazy = Services(s => s.AddCovidCt(o => (o.ModelPath, o.LoadAtStart) = (ModelPath, false)));
        lazy.GetRequiredService<IStartupValidator>().Validate();
        Assert.ThrowsAny<CovidCtModelException>(lazy.GetRequiredService<CovidCtModelSource>);
    }

    [Fact]
    public void Pool_is_loaded_when_the_host_starts()
    {
        WritePipeline("1.0.0");
        using var provider = Services(s => s.AddCovidCtPredictionEnginePool<SliceRow, Answer>(o => o.PipelinePath = PipelinePath));
        provider.GetRequiredService<IStartupValidator>().Validate();
        File.Delete(PipelinePath);
        var pool = provider.GetRequiredService<CovidCtPredictionEnginePool<SliceRow, Answer>>();
        Assert.InRange(pool.Predict(_slices.Row(0)).Probability, 0, 1);

        // Classes of rows without the columns that the pipeline reads.
        WritePipeline("1.0.0");
        using var wrong = Services(s => s.AddCovidCtPredictionEnginePool<Answer, Answer>(o => o.PipelinePath = PipelinePath));
        Assert.IsType<CovidCtSchemaException>(Record.Exception(() => wrong.GetRequiredService<IStartupValidator>().Validate())?.GetBaseException());
        File.WriteAllText(PipelinePath, "no pipeline");
        using var broken = Services(s => s.AddCovidCtPredictionEnginePool<SliceRow, Answer>(o => o.PipelinePath = PipelinePath));
        Assert.Throws<CovidCtPipelineException>(() => broken.GetRequiredService<IStartupValidator>().Validate());
        using var lazy = Services(s => s.AddCovidCtPredictionEnginePool<SliceRow, Answer>(o => (o.PipelinePath, o.LoadAtStart) = (PipelinePath, false)));
        lazy.GetRequiredService<IStartupValidator>().Validate();
    }

    [Fact]
    public async Task Model_is_one_for_all_and_healthy()
    {
        WriteModel("1.0.0");
        var provider = Services(s => s.AddCovidCt(o => o.ModelPath = ModelPath));
        var source = provider.GetRequiredService<CovidCtModelSource>();
        using var lease = source.Lease();
        using (var other = source.Lease())
        {
            Assert.Same(lease.Model, other.Model);
        }

        var health = await provider.GetRequiredService<CovidCtHealthCheck>().CheckHealthAsync(new HealthCheckContext());
        Assert.Equal(HealthStatus.Healthy, health.Status);
        Assert.Equal("1.0.0", health.Data["version"]);

        // The container goes; the lease that is out stays usable to its end.
        provider.Dispose();
        Assert.True(double.IsFinite(lease.Model.Predict(_slices[0]).Logit));
        Assert.Throws<ObjectDisposedException>(source.Lease);
        lease.Dispose();
        lease.Dispose();
        Assert.Throws<ObjectDisposedException>(() => lease.Model.Predict(_slices[0]));
        Assert.Equal(HealthStatus.Unhealthy, (await new CovidCtHealthCheck(source).CheckHealthAsync(new HealthCheckContext())).Status);
    }

    [Fact]
    public async Task Changed_model_is_taken_and_no_prediction_under_way_is_lost()
    {
        WriteModel("1.0.0");
        using var provider = Services(s => s.AddCovidCt(o => o.ModelPath = ModelPath));
        var source = provider.GetRequiredService<CovidCtModelSource>();
        using var stop = new CancellationTokenSource();
        var versions = new System.Collections.Concurrent.ConcurrentDictionary<string, int>();
        var workers = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(
            () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    using var lease = source.Lease();
                    for (var i = 0; i < 5; i++)
                    {
                        var p = lease.Model.Predict(_slices[0]);
                        Assert.Equal(lease.Model.Contract.Version, p.ModelVersion);
                        versions.AddOrUpdate(p.ModelVersion, 1, (_, n) => n + 1);
                    }
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();
        for (var round = 1; round <= 10; round++)
        {
            WriteModel($"1.0.{round}");
            source.CheckForChange();
            using var lease = source.Lease();
            Assert.Equal($"1.0.{round}", lease.Model.Contract.Version);
        }

        // A file that is no model: the last one goes on, and is reported once.
        await File.WriteAllTextAsync(ModelPath, "no model");
        source.CheckForChange();
        source.CheckForChange();
        Assert.Contains("ONNX", source.ReloadFailure, StringComparison.Ordinal);
        Assert.Equal(1, _log.Lines.Count(l => l.Level == LogLevel.Error));
        Assert.Equal(10, _log.Lines.Count(l => l.Level == LogLevel.Information));
        var degraded = await new CovidCtHealthCheck(source).CheckHealthAsync(new HealthCheckContext());
        Assert.Equal(HealthStatus.Degraded, degraded.Status);
        WriteModel("2.0.0");
        source.CheckForChange();
        Assert.Null(source.ReloadFailure);
        await stop.CancelAsync();
        await Task.WhenAll(workers);
        Assert.NotEmpty(versions);
    }

    [Fact]
    public void Timer_looks_at_the_file()
    {
        WriteModel("1.0.0");
        using var provider = Services(s => s.AddCovidCt(o =>
        {
            o.ModelPath = ModelPath;
            o.ReloadOnChange = true;
            o.ReloadInterval = TimeSpan.FromMilliseconds(100);
        }));
        var source = provider.GetRequiredService<CovidCtModelSource>();
        WriteModel("1.10.0");
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                Thread.Sleep(20);
                using var lease = source.Lease();
                return lease.Model.Contract.Version == "1.10.0";
            },
            TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Pool_predicts_from_many_threads_while_its_file_changes()
    {
        WritePipeline("1.0.0");
        using var provider = Services(s => s.AddCovidCtPredictionEnginePool<SliceRow, Answer>(o => o.PipelinePath = PipelinePath));
        var pool = provider.GetRequiredService<CovidCtPredictionEnginePool<SliceRow, Answer>>();
        using var model = TestModels.LoadMean();
        var rows = Enumerable.Range(0, 3).Select(_slices.Row).ToArray();
        var expected = Enumerable.Range(0, 3).Select(i => (float)model.Predict(_slices[i]).Probability).ToArray();
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            if (i % 50 == 25)
            {
                WritePipeline($"1.{i}.0");
                pool.CheckForChange();
            }

            if (i % 10 == 3)
            {
                // A bad row is an error for its caller and spoils no engine.
                Assert.ThrowsAny<Exception>(() => pool.Predict(new SliceRow { Path = "nothing.png" }));
            }

            Assert.Equal(expected[i % 3], pool.Predict(rows[i % 3]).Probability, 1e-6f);
        });
        Assert.Contains(_log.Lines, l => l.Level == LogLevel.Information);
        File.WriteAllText(PipelinePath, "no pipeline");
        pool.CheckForChange();
        Assert.NotNull(pool.ReloadFailure);
        Assert.Equal(expected[0], pool.Predict(rows[0]).Probability, 1e-6f);
        pool.Dispose();
        Assert.Throws<ObjectDisposedException>(() => pool.Predict(rows[0]));
    }

    private ServiceProvider Services(Action<IServiceCollection> add)
    {
        var services = new ServiceCollection();
        services.AddSingleton<ILoggerFactory>(_log);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        add(services);
        return services.BuildServiceProvider(validateScopes: true);
    }

    private void WriteModel(string version)
    {
        var graph = TestModels.MeanGraph();
        Replace(ModelPath, path => File.WriteAllBytes(path, TestModels.Bytes(graph, TestModels.Contract(graph) with { Version = version })));
    }

    private void WritePipeline(string version)
    {
        var graph = TestModels.MeanGraph();
        using var model = TestModels.Load(TestModels.Bytes(graph, TestModels.Contract(graph) with { Version = version }));
        var ml = new MLContext();
        var view = _slices.View(ml);
        Replace(PipelinePath, path => ml.Model.Save(ml.Transforms.ScoreCovidCt(model).Fit(view), view.Schema, path));
    }

    // A new time for each: file systems count in steps.
    private static void Replace(string path, Action<string> write)
    {
        var before = File.GetLastWriteTimeUtc(path);
        var temporary = path + Guid.NewGuid().ToString("N");
        write(temporary);
        File.SetLastWriteTimeUtc(temporary, before.AddSeconds(1));
        File.Move(temporary, path, overwrite: true);
    }

    public sealed class Answer
    {
        public float Probability { get; set; }
    }
}
