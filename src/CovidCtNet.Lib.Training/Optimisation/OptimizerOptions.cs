namespace CovidCtNet.Lib.Training.Optimisation;

/// <summary>Optimizer, learning rate and its schedule.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The optimizer.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.AdamW;

    /// <summary>Peak learning rate, finite and above 0.</summary>
    public double LearningRate { get; init => field = value > 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The learning rate must be finite and above 0."); } = 1e-3;

    /// <summary>Weight decay on convolution and classifier weights, not on biases and batch normalisation.</summary>
    public double WeightDecay { get; init => field = value >= 0 && double.IsFinite(value) ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The weight decay must be finite and not negative."); } = 0.05;

    /// <summary>Momentum of <see cref="OptimizerKind.Sgd"/> and <see cref="OptimizerKind.RmsProp"/>, [0, 1).</summary>
    public double Momentum { get; init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The momentum must be in [0, 1)."); } = 0.9;

    /// <summary>Whether <see cref="OptimizerKind.Sgd"/> with momentum takes Nesterov's step.</summary>
    public bool Nesterov { get; init; } = true;

    /// <summary>Factor of <see cref="ScheduleKind.Step"/>, (0, 1].</summary>
    public double StepFactor { get; init => field = value is > 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The factor must be in (0, 1]."); } = 0.1;

    /// <summary>Equal parts of the run at the ends of which <see cref="ScheduleKind.Step"/> takes effect, at least 1.</summary>
    public int StepParts { get; init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "At least one part is needed."); } = 3;

    /// <summary>How the learning rate changes over the run.</summary>
    public ScheduleKind Schedule { get; init; } = ScheduleKind.OneCycle;

    /// <summary>Share of the run in which the rate rises, [0, 1).</summary>
    public double WarmUp { get; init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The warm-up share must be in [0, 1)."); } = 0.15;

    /// <summary>Learning rate at a step of the run.</summary>
    /// <param name="step">Step from 0.</param>
    /// <param name="steps">Steps of the whole run.</param>
    public double RateAt(long step, long steps)
    {
        var t = steps <= 1 ? 0 : (double)step / steps;
        var rising = t < WarmUp;
        return LearningRate * (Schedule, rising) switch
        {
            (ScheduleKind.OneCycle, true) => 0.04 + (0.96 * 0.5 * (1 - Math.Cos(Math.PI * t / WarmUp))),
            (_, true) => Math.Min(1, (step + 1) / (WarmUp * steps)),
            (ScheduleKind.Constant, _) => 1,
            (ScheduleKind.Step, _) => Math.Pow(StepFactor, Math.Floor(t * StepParts)),
            _ => 0.5 * (1 + Math.Cos(Math.PI * (t - WarmUp) / (1 - WarmUp))),
        };
    }
}
