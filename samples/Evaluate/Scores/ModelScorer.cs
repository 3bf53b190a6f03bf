using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Evaluate.Scores;

/// <summary>Scores pictures with a model.</summary>
internal static class ModelScorer
{
    /// <exception cref="ScoreFileException">Not one picture could be scored.</exception>
    public static async Task<ScoreTable> ScoreAsync(CovidCtModel model, CaseList cases, IProgress<double> progress, CancellationToken cancellationToken)
    {
        List<int> scored = [];
        List<double> scores = [];
        List<string> leftOut = [];
        int index = 0;
        await foreach (CtFileResult result in model.PredictFilesAsync(cases.Paths, null, cancellationToken))
        {
            if (result.IsSuccess)
            {
                scored.Add(index);
                scores.Add(result.Prediction.Probability);
            }
            else
            {
                leftOut.Add($"{Path.GetFileName(result.Path)}: {result.Error.Message}");
            }

            progress.Report((double)++index / cases.Paths.Length);
        }

        return scored.Count == 0
            ? throw new ScoreFileException(cases.Source, null, $"not one picture could be scored; the first: {leftOut[0]}")
            : new ScoreTable(
                $"{model.Contract.Name} {model.Contract.Version}",
                cases.Source,
                [.. scored.Select(i => cases.Labels[i])],
                [.. scores],
                cases.Groups.Length > 0 ? [.. scored.Select(i => cases.Groups[i])] : [],
                [.. scored.Select(i => cases.Paths[i])])
            { LeftOut = leftOut };
    }
}
