using BenchmarkDotNet.Running;
using CovidCtNet.Lib.Benchmarks.Evaluation;
using CovidCtNet.Lib.Benchmarks.Explanation;

// "evaluation" measures the statistics against scikit-learn in one run, "explanation model.onnx" maps against bare predictions of a
// model; anything else goes to BenchmarkDotNet, for example
// "--filter *Evaluation*" or "--list flat".
if (args is ["evaluation", ..])
{
    return ScikitLearnComparison.Run();
}

if (args is ["explanation", var model])
{
    return ExplanationComparison.Run(model);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
