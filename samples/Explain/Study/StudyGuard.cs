using CovidCtNet.Lib.Onnx;
using CovidCtNet.Samples.Classify;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary>Runs a command of the study and makes its failures exit codes with a reason.</summary>
internal static class StudyGuard
{
    public static int Run(Action run, string stopped, TextWriter errors, CancellationToken cancellationToken)
    {
        try
        {
            run();
            return ExitCode.Success;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            errors.WriteLine(stopped);
            return ExitCode.Cancelled;
        }
        catch (Exception e) when (ExplainRun.IsExpected(e) || e is OnnxException)
        {
            errors.WriteLine(e.Message);
            return ExitCode.Usage;
        }
    }
}
