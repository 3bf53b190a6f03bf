namespace CovidCtNet.Lib.Training.Optimisation;

/// <summary>How the learning rate changes over a run.</summary>
public enum ScheduleKind
{
    /// <summary>Linear warm-up, then the same rate throughout.</summary>
    Constant,

    /// <summary>Linear warm-up, then multiplied by a factor after each of so many equal parts of the run.</summary>
    Step,

    /// <summary>Linear warm-up, then half a cosine down to 0.</summary>
    Cosine,

    /// <summary>Half a cosine up from 1/25 of the rate, then half a cosine down to 0 (Smith and Topin, arXiv 1708.07120).</summary>
    OneCycle,
}
