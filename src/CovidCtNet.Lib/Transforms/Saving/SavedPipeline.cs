using System.Globalization;
using System.IO.Compression;
using CovidCtNet.Lib.Inference;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Finds the steps of this library in a loaded pipeline and puts its own, batched transformers in their places.</summary>
internal sealed class SavedPipeline(MLContext context, ZipArchive archive, CovidCtModelOptions? modelOptions)
{
    private const string RootFolder = "TransformerChain";
    private readonly List<IDisposable> _created = [];

    /// <exception cref="CovidCtPipelineException">A step was changed since it was saved.</exception>
    /// <exception cref="CovidCtModelException">The model in the file is not usable.</exception>
    public TransformerChain<ITransformer> Restore(ITransformer loaded)
    {
        try
        {
            // A step that was saved by itself is the root.
            var restored = RestoreOne(loaded, RootFolder);
            return restored as TransformerChain<ITransformer> ?? new TransformerChain<ITransformer>(restored);
        }
        catch
        {
            _created.ForEach(c => c.Dispose());
            (loaded as IDisposable)?.Dispose();
            throw;
        }
    }

    private ITransformer RestoreOne(ITransformer transformer, string folder)
    {
        if (transformer is not IEnumerable<ITransformer> chain)
        {
            return transformer;
        }

        ITransformer[] parts = [.. chain];
        if (ReadSettings(parts) is not { } step)
        {
            return new TransformerChain<ITransformer>(
                [.. parts.Select((part, i) => RestoreOne(part, string.Create(CultureInfo.InvariantCulture, $"{folder}/Transform_{i:000}")))]);
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
            _ => RestoreScoring(step, folder),
        };
        _created.Add(restored);
        return restored;
    }

    private CovidCtScoringTransformer RestoreScoring(SavedStep step, string folder)
    {
        var found = HashOfStockModel(folder);
        if (found != step.StockModelSha256)
        {
            throw new CovidCtPipelineException(
                $"The ONNX step in the saved pipeline does not hold the model that was saved (SHA-256 {found}, saved {step.StockModelSha256})", SavedStep.Cure);
        }

        return new CovidCtScoringTransformer(
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
    }

    /// <summary>ML.NET writes the ONNX file of its step as its length, 32 bits, and its bytes.</summary>
    private string HashOfStockModel(string folder)
    {
        ZipArchiveEntry[] entries =
        [
            .. archive.Entries.Where(e => e.Name == "OnnxModel" && e.FullName.Replace('\\', '/').StartsWith(folder + "/", StringComparison.Ordinal)),
        ];
        if (entries is not [var entry])
        {
            throw new CovidCtPipelineException($"The saved pipeline has a scoring step with {entries.Length} ONNX models instead of one", SavedStep.Cure);
        }

        using var reader = new BinaryReader(entry.Open());
        var length = reader.ReadInt32();
        return SavedStep.HashOf(length < 0 || length > entry.Length ? [] : reader.ReadBytes(length));
    }

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
            throw new CovidCtPipelineException("The settings of a saved step are missing", SavedStep.Cure, e);
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
