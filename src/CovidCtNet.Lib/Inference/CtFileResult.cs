using System.Diagnostics.CodeAnalysis;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Inference;

/// <summary>What became of one file: a prediction, or the error that says why there is none.</summary>
public sealed record CtFileResult
{
    internal CtFileResult(string path, CtPrediction? prediction, Exception? error, CtGateResult? gate = null)
    {
        Gate = gate;
        Path = path;
        Prediction = prediction;
        Error = error;
    }

    /// <summary>The file, as it was given.</summary>
    public string Path { get; }

    /// <summary>What the model says; null where there is an <see cref="Error"/>.</summary>
    public CtPrediction? Prediction { get; }

    /// <summary>Why there is no prediction; null where there is one.</summary>
    public Exception? Error { get; }

    /// <summary>What the input gate says; null if it is off or the file could not be read.</summary>
    public CtGateResult? Gate { get; }

    /// <summary>Whether there is a prediction.</summary>
    [MemberNotNullWhen(true, nameof(Prediction))]
    [MemberNotNullWhen(false, nameof(Error))]
    public bool IsSuccess => Prediction is not null;
}
