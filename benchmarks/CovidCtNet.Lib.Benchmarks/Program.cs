using BenchmarkDotNet.Running;
using CovidCtNet.Lib.Benchmarks.Evaluation;

// "evaluation" measures the statistics against scikit-learn in one run; anything else goes to BenchmarkDotNet, for example
// "--filter *Evaluation*" or "--list flat".
if (args is ["evaluation", ..])
{
    return ScikitLearnComparison.Run();
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
