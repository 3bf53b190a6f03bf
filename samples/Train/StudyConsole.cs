using System.Globalization;
using CovidCtNet.Lib.Training.Studies;
using Spectre.Console;

namespace CovidCtNet.Samples.Train;

/// <summary>Shows a study of several runs: a bar, or one line for each run where there is no terminal.</summary>
internal static class StudyConsole
{
    public static void Run(Action<IProgress<SweepProgress>> study)
    {
        Console.WriteLine("CovidCtNet training. Research use, not a medical device.");
        AnsiConsole.Progress()
            .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
            .Start(context => study(new Shown(context.AddTask("study", maxValue: 1))));
    }

    // Progress<T> posts to the thread pool, where reports may overtake each other.
    private sealed class Shown(ProgressTask task) : IProgress<SweepProgress>
    {
        private string? _run;

        public void Report(SweepProgress value)
        {
            var done = value.Training is { Steps: > 0 } t ? (double)t.Step / t.Steps : 0;
            (task.MaxValue, task.Value) = (value.Runs, value.Finished + done);
            task.Description = string.Create(CultureInfo.InvariantCulture, $"{value.Finished}/{value.Runs} {value.Run}  loss {value.Training?.Loss ?? double.NaN:F3}  {value.Training?.ImagesPerSecond ?? 0:F1} images/s");
            if (!AnsiConsole.Profile.Capabilities.Interactive && _run != value.Run)
            {
                _run = value.Run;
                Console.WriteLine($"{value.Finished}/{value.Runs} {value.Run}");
            }
        }
    }
}
