using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

/// <summary>What a model says about a series. Research use, not a medical device.</summary>
public sealed partial class CtSeriesPrediction
{
    internal CtSeriesPrediction(CtSeries series, CtSeriesOptions options, ModelContract contract, IReadOnlyList<CtSeriesSliceResult> slices)
        => (Series, Options, Contract, Slices) = (series, options, contract, slices);

    /// <summary>The series.</summary>
    public CtSeries Series { get; }

    /// <summary>How it was judged.</summary>
    public CtSeriesOptions Options { get; }

    /// <summary>The rule it was judged by: that of the options, else of the model, else <see cref="CtSeriesRule.Default"/>.</summary>
    public CtSeriesRule Rule => RuleOf(Options, Contract);

    /// <summary>What the model says about itself.</summary>
    public ModelContract Contract { get; }

    /// <summary>The slices, in the order of the series.</summary>
    public IReadOnlyList<CtSeriesSliceResult> Slices { get; }

    /// <summary>Probability of the positive class for the series, by <see cref="Rule"/>, in [0, 1].</summary>
    public required double Probability { get; init; }

    /// <summary>The class at the rule's threshold.</summary>
    public required CtLabel Label { get; init; }

    /// <summary>Whether the rule was fitted for this very model; if not, <see cref="Probability"/> orders series and is not calibrated.</summary>
    public bool IsCalibrated => Rule.IsFittedFor(Contract);

    /// <summary>The slices that the probability comes from, the highest first.</summary>
    public required IReadOnlyList<CtSeriesSliceResult> Driving { get; init; }

    /// <summary>Where the model looked in the first of <see cref="Driving"/>, by the index of the slice.</summary>
    public required IReadOnlyDictionary<int, AttentionMap> Maps { get; init; }

    /// <summary>The window that Hounsfield units went through: the model's own, never the display window of a file.</summary>
    public CtWindow Window => Contract.Preprocessing.Window;

    /// <summary>What a reader should know, the notes of the series included. No identifiers.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    internal static CtSeriesRule RuleOf(CtSeriesOptions options, ModelContract contract) => options.Rule ?? contract.SeriesRule ?? CtSeriesRule.Default;
}
