using CovidCtNet.Lib.Inference;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Microsoft.ML.Transforms.Image;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>
/// A step of this library made of what ML.NET can save: copies of columns, a constant column, registered mappings, and the stock ONNX step.
/// That is what is written to a file, so that <c>mlContext.Model.Load</c> reads it wherever the package is referenced.
/// </summary>
internal sealed class StandardChain : ICanSaveModel, IDisposable
{
    private readonly TransformerChain<ITransformer> _chain;

    private StandardChain(TransformerChain<ITransformer> chain) => _chain = chain;

    public static StandardChain Loading(CtSliceLoadingOptions options, CtSliceSource source)
    {
        var step = new SavedStep
        {
            Version = SavedStep.CurrentVersion,
            Kind = SavedStepKind.Loading,
            Source = source,
            InputColumn = options.InputColumnName,
            OutputColumns = [options.OutputColumnName],
            ImageFolder = options.ImageFolder,
            MaximumPixels = options.Limits.MaximumPixels,
            MaximumFileBytes = options.Limits.MaximumFileBytes,
        };
        return Build(step, ml =>
        [
            ml.Transforms.CopyColumns(SavedColumns.Input, options.InputColumnName),
            LoadMappingOf(ml, source),
            ml.Transforms.CopyColumns(options.OutputColumnName, SavedColumns.Slice),
            ml.Transforms.DropColumns(SavedColumns.Seed, SavedColumns.Settings, SavedColumns.Input, SavedColumns.Slice),
        ]);
    }

    public static StandardChain Preprocessing(Imaging.CtPreprocessing preprocessing, CtSlicePreprocessingOptions options, CtSliceSource source)
    {
        var step = new SavedStep
        {
            Version = SavedStep.CurrentVersion,
            Kind = SavedStepKind.Preprocessing,
            Source = source,
            InputColumn = options.InputColumnName,
            OutputColumns = [options.OutputColumnName],
            ImageFolder = options.ImageFolder,
            MaximumPixels = options.Limits.MaximumPixels,
            MaximumFileBytes = options.Limits.MaximumFileBytes,
            Preprocessing = preprocessing,
        };
        var length = preprocessing.Width * preprocessing.Height;
        return Build(step, ml =>
        [
            ml.Transforms.CopyColumns(SavedColumns.Input, options.InputColumnName),
            PrepareMappingOf(ml, source),
            ml.Transforms.Concatenate(options.OutputColumnName, [.. ChunkRow.ColumnsOf(length)]),
            ml.Transforms.DropColumns([SavedColumns.Seed, SavedColumns.Settings, SavedColumns.Input, .. ChunkRow.AllColumns()]),
        ]);
    }

    public static StandardChain Scoring(CovidCtModel model, CovidCtScoringOptions options, CtSliceSource source)
    {
        var stock = StockModel.Create(model);
        var step = new SavedStep
        {
            Version = SavedStep.CurrentVersion,
            Kind = SavedStepKind.Scoring,
            Source = source,
            InputColumn = options.InputColumnName,
            OutputColumns = [options.ScoreColumnName, options.ProbabilityColumnName, options.PredictedLabelColumnName],
            ImageFolder = options.ImageFolder,
            MaximumPixels = model.Options.ImageLimits.MaximumPixels,
            MaximumFileBytes = model.Options.ImageLimits.MaximumFileBytes,
            Preprocessing = model.Preprocessing,
            ModelSha256 = SavedStep.HashOf(model.ModelBytes),
            StockModelSha256 = SavedStep.HashOf(stock),
            BatchSize = model.Options.BatchSize,
            Model = model.ModelBytes,
        };

        // The plane once for each channel of the network.
        var length = model.Preprocessing.Width * model.Preprocessing.Height;
        var input = Enumerable.Repeat(ChunkRow.ColumnsOf(length), model.Contract.Network.InputChannels).SelectMany(columns => columns);
        return Build(step, ml =>
        [
            ml.Transforms.CopyColumns(SavedColumns.Input, options.InputColumnName),
            PrepareMappingOf(ml, source),
            ml.Transforms.Concatenate(SavedColumns.NetworkInput, [.. input]),
            ml.Transforms.ApplyOnnxModel([SavedColumns.Logits], [SavedColumns.NetworkInput], new MemoryStream(stock)),
            Mapping(ml, new FinishMapping(), Contracts.Finish),
            ml.Transforms.CopyColumns(options.ScoreColumnName, SavedColumns.Score),
            ml.Transforms.CopyColumns(options.ProbabilityColumnName, SavedColumns.Probability),
            ml.Transforms.CopyColumns(options.PredictedLabelColumnName, SavedColumns.PredictedLabel),
            ml.Transforms.DropColumns(
            [
                SavedColumns.Seed, SavedColumns.Settings, SavedColumns.Input, .. ChunkRow.AllColumns(), SavedColumns.NetworkInput, SavedColumns.Logits,
                SavedColumns.Score, SavedColumns.Probability, SavedColumns.PredictedLabel,
            ]),
        ]);
    }

    public void Save(ModelSaveContext ctx) => ((ICanSaveModel)_chain).Save(ctx);

    public void Dispose() => _chain.Dispose();

    private static StandardChain Build(SavedStep step, Func<MLContext, IEnumerable<IEstimator<ITransformer>>> parts)
    {
        var ml = new MLContext();
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(step.InputColumn, TypeOf(step.Source));
        IDataView data = new EmptyDataView(schema.ToSchema());

        // One by one: a chain of estimators compares types of pictures by identity, and refuses equal ones.
        var fitted = new List<ITransformer>();
        IEnumerable<IEstimator<ITransformer>> start =
        [
            Mapping(ml, new SeedMapping(), Contracts.Seed),
            ml.Transforms.Conversion.MapValue(SavedColumns.Settings, [KeyValuePair.Create(SeedMapping.Value, step.ToText())], SavedColumns.Seed),
        ];
        foreach (var part in start.Concat(parts(ml)))
        {
            fitted.Add(part.Fit(data));
            data = fitted[^1].Transform(data);
        }

        return new StandardChain(new TransformerChain<ITransformer>([.. fitted]));
    }

    private static DataViewType TypeOf(CtSliceSource source) => source switch
    {
        CtSliceSource.Path => TextDataViewType.Instance,
        CtSliceSource.Bytes => new VectorDataViewType(NumberDataViewType.Byte),
        // The size that the mapping declares; it takes pictures of any.
        CtSliceSource.Image => new ImageDataViewType(1, 1),
        CtSliceSource.Slice => CtSliceDataViewType.Instance,
        _ => new VectorDataViewType(NumberDataViewType.Single),
    };

    private static IEstimator<ITransformer> LoadMappingOf(MLContext ml, CtSliceSource source) => source switch
    {
        CtSliceSource.Path => Mapping(ml, new LoadPathMapping(), Contracts.LoadPath),
        CtSliceSource.Bytes => Mapping(ml, new LoadBytesMapping(), Contracts.LoadBytes),
        _ => Mapping(ml, new LoadImageMapping(), Contracts.LoadImage),
    };

    private static IEstimator<ITransformer> PrepareMappingOf(MLContext ml, CtSliceSource source) => source switch
    {
        CtSliceSource.Path => Mapping(ml, new PreparePathMapping(), Contracts.PreparePath),
        CtSliceSource.Bytes => Mapping(ml, new PrepareBytesMapping(), Contracts.PrepareBytes),
        CtSliceSource.Image => Mapping(ml, new PrepareImageMapping(), Contracts.PrepareImage),
        CtSliceSource.Slice => Mapping(ml, new PrepareSliceMapping(), Contracts.PrepareSlice),
        _ => Mapping(ml, new PreparePlaneMapping(), Contracts.PreparePlane),
    };

    private static CustomMappingEstimator<TFrom, TTo> Mapping<TFrom, TTo>(MLContext ml, CustomMappingFactory<TFrom, TTo> mapping, string contract)
        where TFrom : class, new()
        where TTo : class, new()
        => ml.Transforms.CustomMapping(mapping.GetMapping(), contract);
}
