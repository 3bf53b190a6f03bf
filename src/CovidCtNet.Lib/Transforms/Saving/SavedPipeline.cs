using CovidCtNet.Lib.Inference;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Finds the steps of this library in a loaded pipeline and puts its own, batched transformers in their places.</summary>
internal sealed class SavedPipeline(MLContext context, CovidCtModelOptions? modelOptions)
{
    private readonly List<IDisposable> _created = [];

    /// <exception cref="CovidCtPipelineException">A step was changed since it was saved.</exception>
    /// <exception cref="CovidCtModelException">The model in the file is not usable.</exception>
    public TransformerChain<ITransformer> Restore(ITransformer loaded)
    {
        try
        {
            // A step that was saved by itself is the root.
            var restored = RestoreOne(loaded);
            return restored as TransformerChain<ITransformer> ?? new TransformerChain<ITransformer>(restored);
        }
        catch
        {
            _created.ForEach(c => c.Dispose());
            throw;
        }
    }

    private ITransformer RestoreOne(ITransformer transformer)
    {
        if (transformer is not IEnumerable<ITransformer> chain)
        {
            return transformer;
        }

        ITransformer[] parts = [.. chain];
        if (ReadSettings(parts) is not { } step)
        {
            return new TransformerChain<ITransformer>([.. parts.Select(RestoreOne)]);
        }

        (transformer as IDisposable)?.Dispose();
        CovidCtTransformer restored = step.Kind switch
        {
            SavedStepKind.Loading => new CtSliceLoadingTransformer(
                new CtSliceLoadingOptions
                {
                    InputColumnName = step.InputColumn,
                    OutputColumnName = step.OutputColumns[0],
                    ImageFolder = step.ImageFolder,
                    Limits = step.Limits,
                },
                step.Source),
            SavedStepKind.Preprocessing => new CtSlicePreprocessingTransformer(
                step.Preprocessing!,
                new CtSlicePreprocessingOptions
                {
                    InputColumnName = step.InputColumn,
                    OutputColumnName = step.OutputColumns[0],
                    ImageFolder = step.ImageFolder,
                    Limits = step.Limits,
                },
                step.Source),
            _ => RestoreScoring(step),
        };
        _created.Add(restored);
        return restored;
    }

    private CovidCtScoringTransformer RestoreScoring(SavedStep step) => new(
        step.LoadModel(modelOptions),
        new CovidCtScoringOptions
        {
            InputColumnName = step.InputColumn,
            ScoreColumnName = step.OutputColumns[0],
            ProbabilityColumnName = step.OutputColumns[1],
            PredictedLabelColumnName = step.OutputColumns[2],
            ImageFolder = step.ImageFolder,
            OwnsModel = true,
        },
        step.Source);

    /// <summary>The settings of a chain that this library saved; null for others. They hang on a constant column that its first two parts make.</summary>
    private SavedStep? ReadSettings(ITransformer[] parts)
    {
        if (parts.Length < 3 || !Adds(parts[0], SavedColumns.Seed))
        {
            return null;
        }

        try
        {
            var rows = context.Data.LoadFromEnumerable([new OneRow()]);
            var settings = parts[1].Transform(parts[0].Transform(rows));
            return SavedStep.FromText(settings.GetColumn<string>(SavedColumns.Settings).Single());
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            throw new CovidCtPipelineException("The settings of a saved step are missing", "Save the pipeline again from its source", e);
        }
    }

    private static bool Adds(ITransformer transformer, string column)
    {
        try
        {
            return transformer.GetOutputSchema(new DataViewSchema.Builder().ToSchema()).GetColumnOrNull(column) is not null;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            // Another library's step that reads columns.
            return false;
        }
    }

    private sealed class OneRow
    {
        public bool Row { get; set; }
    }
}
