namespace CovidCtNet.Lib.Training.Optimisation;

/// <summary>Optimizer, learning rate and its schedule.</summary>
public sealed record OptimizerOptions
{
    /// <summary>The optimizer.</summary>
    public OptimizerKind Kind { get; init; } = OptimizerKind.AdamW;

    /// <summary>Peak learning rate, above 0.</summary>
    public double LearningRate { get; init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The learning rate must be above 0."); } = 1e-3;

    /// <summary>Weight decay on convolution and classifier weights, not on biases and batch normalisation.</summary>
    public double WeightDecay { get; init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The weight decay must not be negative."); } = 0.05;

    /// <summary>Momentum of <see cref="OptimizerKind.Sgd"/>, [0, 1).</summary>
    public double Momentum { get; init => field = value is >= 0 and < 1 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "The momentum must be in [0, 1)."); } = 0.9;

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
            (ScheduleKind.Constant, _) => 1,
            (ScheduleKind.Cosine, true) => (step + 1) / (WarmUp * steps),
            (ScheduleKind.OneCycle, true) => 0.04 + (0.96 * 0.5 * (1 - Math.Cos(Math.PI * t / WarmUp))),
            _ => 0.5 * (1 + Math.Cos(Math.PI * (t - WarmUp) / (1 - WarmUp))),
        };
    }
}
