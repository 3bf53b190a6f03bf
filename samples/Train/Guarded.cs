using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Runs;

namespace CovidCtNet.Samples.Train;

/// <summary>Runs a command and says what went wrong in words instead of a stack trace.</summary>
internal static class Guarded
{
    public static Task<int> Run(Func<int> command, string stopped = "Stopped.") => Task.Run(() =>
    {
        try
        {
            return command();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine(stopped);
            return 130;
        }
        catch (Exception e) when (e is CovidCtModelException or CtImageException or DatasetException or LeakingSplitException or TrainingException or TorchNotAvailableException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(e.Message);
            foreach (var file in (e as DatasetException)?.Unreadable ?? [])
            {
                Console.Error.WriteLine($"  {file.Path}: {file.Reason}");
            }

            return 1;
        }
    });
}
