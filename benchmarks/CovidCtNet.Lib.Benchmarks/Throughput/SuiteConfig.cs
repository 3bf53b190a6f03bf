using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Exporters.Csv;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;

namespace CovidCtNet.Lib.Benchmarks.Throughput;

/// <summary>How the suite is run: in this process, so that no project is built for each benchmark; few iterations for the short subset.</summary>
internal static class SuiteConfig
{
    public static IConfig Create(bool quick) => ManualConfig.CreateEmpty()
        .AddJob(Job.Default
            .WithToolchain(InProcessNoEmitToolchain.Instance)
            .WithWarmupCount(quick ? 1 : 3)
            .WithIterationCount(quick ? 5 : 15)
            .WithIterationTime(Perfolizer.Horology.TimeInterval.FromMilliseconds(quick ? 250 : 500)))
        .AddDiagnoser(MemoryDiagnoser.Default)
        .AddColumnProvider(DefaultColumnProviders.Instance)
        .AddColumn(StatisticColumn.Min, new ImagesPerSecondColumn())
        .AddExporter(MarkdownExporter.GitHub, CsvExporter.Default)
        .AddLogger(ConsoleLogger.Default);
}
