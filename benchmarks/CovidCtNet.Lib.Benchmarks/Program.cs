using System.Globalization;
using BenchmarkDotNet.Running;
using CovidCtNet.Lib.Benchmarks.Audit;
using CovidCtNet.Lib.Benchmarks.Evaluation;
using CovidCtNet.Lib.Benchmarks.Explanation;
using CovidCtNet.Lib.Benchmarks.Peers;
using CovidCtNet.Lib.Benchmarks.Throughput;
using CovidCtNet.Lib.Benchmarks.Transforms;

// "evaluation" measures the statistics against scikit-learn in one run, "explanation model.onnx" maps against bare predictions of a
// model, "mlnet [rows]" the ML.NET step against a raw session and ML.NET's own step, "audit [slices] [folder]" the search for
// near-duplicates, "peers [model.onnx] [--width w --size s] [--turns n]" this library against PyTorch, "suite" all benchmarks into
// docs/benchmarks and "quick" five minutes of them, "peak" what the processor can do, "training [steps]" where a training step's time goes; anything else goes to BenchmarkDotNet, for example "--filter *Evaluation*" or "--list flat".
if (args is ["evaluation", ..])
{
    return ScikitLearnComparison.Run();
}

if (args is ["explanation", var model])
{
    return ExplanationComparison.Run(model);
}

if (args is ["mlnet", ..])
{
    return TransformComparison.Run(args is [_, var rows] ? int.Parse(rows, CultureInfo.InvariantCulture) : 64);
}

if (args is ["audit", ..])
{
    return AuditSearch.Run(args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 100_000, args.Length > 2 ? args[2] : null);
}

if (args is ["peers", ..])
{
    return new PeerComparison(PeerOptions.Parse(args)).Run();
}

if (args is ["suite" or "quick"])
{
    return Suite.Run(quick: args[0] == "quick");
}

if (args is ["peak"])
{
    return PeakMeasurement.Run();
}

if (args is ["training", ..])
{
    return TrainingProfile.Run(args is [_, var steps] ? int.Parse(steps, CultureInfo.InvariantCulture) : 10);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
