using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Classify;

/// <summary>What is kept of the results of a run: counts, the first ones to show, and what failed. Folders can be large.</summary>
internal sealed class Tally
{
    public const int MaximumShown = 200;

    private readonly List<CtFileResult> _shown = [];
    private readonly List<CtFileResult> _failed = [];
    private readonly SortedDictionary<bool, (CtLabel Label, int Count)> _labels = [];

    /// <summary>The first predictions, in order.</summary>
    public IReadOnlyList<CtFileResult> Shown => _shown;

    /// <summary>Files without a prediction, in order.</summary>
    public IReadOnlyList<CtFileResult> Failed => _failed;

    /// <summary>Number of predictions.</summary>
    public int Classified { get; private set; }

    /// <summary>Labels given and how often, the negative first.</summary>
    public IEnumerable<(CtLabel Label, int Count)> Labels => _labels.Values;

    public void Add(CtFileResult result)
    {
        if (!result.IsSuccess)
        {
            _failed.Add(result);
            return;
        }

        Classified++;
        var label = result.Prediction.Label;
        _labels[label.IsPositive] = (label, _labels.GetValueOrDefault(label.IsPositive).Count + 1);
        if (_shown.Count < MaximumShown)
        {
            _shown.Add(result);
        }
    }
}
