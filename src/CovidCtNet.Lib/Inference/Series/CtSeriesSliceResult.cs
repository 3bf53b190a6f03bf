using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

/// <summary>What became of one slice of a series.</summary>
public sealed record CtSeriesSliceResult
{
    internal CtSeriesSliceResult(int index, CtSeriesSlice slice) => (Index, Slice) = (index, slice);

    /// <summary>Its index in the series, from 0.</summary>
    public int Index { get; }

    /// <summary>The slice.</summary>
    public CtSeriesSlice Slice { get; }

    /// <summary>What the model says; null if the slice was refused or could not be read.</summary>
    public CtPrediction? Prediction { get; internal init; }

    /// <summary>What the input gate says; null if it is off or the slice could not be read.</summary>
    public CtGateResult? Gate { get; internal init; }

    /// <summary>Why the slice could not be read or judged; null otherwise.</summary>
    public Exception? Error { get; internal init; }
}
