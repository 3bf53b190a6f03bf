using System.Globalization;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Optimisation;
using CovidCtNet.Lib.Training.Runs;

namespace CovidCtNet.Lib.Training.Studies;

/// <summary>What one row of a sweep changes in the sweep's base options; what is left out stays.</summary>
public sealed record SweepVariant
{
    /// <summary>Optimizer.</summary>
    public OptimizerKind? Optimizer { get; init; }

    /// <summary>Learning rate.</summary>
    public double? LearningRate { get; init; }

    /// <summary>Loss; cross-entropy brings the head with two outputs with it.</summary>
    public LossKind? Loss { get; init; }

    /// <summary>Kind of network.</summary>
    public NetworkFamily? Family { get; init; }

    /// <summary>Whether the residual attention network has its masks.</summary>
    public bool? Attention { get; init; }

    /// <summary>The options of the row.</summary>
    public TrainingOptions Apply(TrainingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var loss = Loss ?? options.Loss.Kind;
        return options with
        {
            Optimizer = options.Optimizer with { Kind = Optimizer ?? options.Optimizer.Kind, LearningRate = LearningRate ?? options.Optimizer.LearningRate },
            Loss = options.Loss with { Kind = loss },
            Network = options.Network with
            {
                Family = Family ?? options.Network.Family,
                Attention = Attention ?? options.Network.Attention,
                Head = loss == LossKind.CrossEntropy ? ClassifierHead.TwoClass : options.Network.Head,
            },
        };
    }

    /// <summary>Name of the row: network, optimizer, loss and rate of its options.</summary>
    internal static string NameOf(TrainingOptions options)
    {
        var loss = options.Loss.Kind switch { LossKind.CrossEntropy => "ce", LossKind.Focal => "focal", _ => "bce" };
        return string.Create(CultureInfo.InvariantCulture, $"{options.Network.Architecture}_{options.Optimizer.Kind.ToString().ToLowerInvariant()}_{loss}_{options.Optimizer.LearningRate:R}");
    }
}
