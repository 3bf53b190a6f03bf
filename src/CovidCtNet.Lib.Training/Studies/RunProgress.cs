using CovidCtNet.Lib.Training.Runs;

namespace CovidCtNet.Lib.Training.Studies;

/// <summary>Reports a run's progress as that of its study.</summary>
internal sealed class RunProgress(IProgress<SweepProgress> study, int finished, int runs, string name) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value) => study.Report(new SweepProgress(finished, runs, name, value));
}
