using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Native;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Transforms;
using CovidCtNet.Lib.Transforms.Views;
using Microsoft.ML;

namespace CovidCtNet.Lib.Training.Transforms;

/// <summary>
/// An ML.NET estimator that trains a <see cref="ResidualAttentionNetwork"/> and gives the transformer that scores with it. The transformer
/// owns the trained model and saves like any other; <c>transformer.Model</c> is the model with its contract.
/// </summary>
public sealed class ResidualAttentionTrainer : IEstimator<CovidCtScoringTransformer>
{
    /// <summary>Creates the estimator; <c>mlContext.BinaryClassification.Trainers.ResidualAttention</c> does too.</summary>
    /// <param name="options">Columns, network, training.</param>
    public ResidualAttentionTrainer(ResidualAttentionTrainerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        Options = options;
    }

    /// <summary>Columns, network, training.</summary>
    public ResidualAttentionTrainerOptions Options { get; }

    /// <summary>Trains on part of the data; the rest chooses epoch, temperature and threshold, and measures the model.</summary>
    /// <param name="input">Slices with labels.</param>
    /// <exception cref="CovidCtSchemaException">A column is missing or of another type.</exception>
    /// <exception cref="DatasetException">Too few slices or groups to hold some out.</exception>
    /// <exception cref="Imaging.CtImageException">A slice cannot be read.</exception>
    /// <exception cref="TrainingException">The training failed.</exception>
    /// <exception cref="TorchNotAvailableException">No libtorch on this machine.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public CovidCtScoringTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        var rows = LabelledSlices.Read(Options, input, null);
        return Train(input, rows, DataSplit.HoldOut(rows.Slices, Options.ValidationShare, Options.TestShare, Options.Training.Seed));
    }

    /// <summary>Trains on all the data; epoch, temperature and threshold are chosen on a validation set.</summary>
    /// <param name="input">Slices with labels to train on.</param>
    /// <param name="validation">Slices with labels to choose on, in the same columns.</param>
    /// <inheritdoc cref="Fit(IDataView)" path="/exception"/>
    public CovidCtScoringTransformer Fit(IDataView input, IDataView validation)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(validation);
        var rows = LabelledSlices.Read(Options, input, validation);
        return Train(input, rows, DataSplit.TrainAndValidation(rows.Slices, rows.FirstCount));
    }

    /// <summary>The columns of the input and the three that the model adds.</summary>
    /// <param name="inputSchema">Columns of the input.</param>
    /// <exception cref="CovidCtSchemaException">The input column is missing, or is of another type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        LabelledSlices.InputOf(Options).Find(inputSchema);
        return ShapeColumn.Append(inputSchema, [.. ScoreColumns.Describe(Options.Scoring).Select(ShapeColumn.Like)]);
    }

    private CovidCtScoringTransformer Train(IDataView input, LabelledSlices rows, DataSplit split)
    {
        var folder = Options.RunFolder ?? Directory.CreateTempSubdirectory("covidctnet-run-").FullName;
        try
        {
            using var trained = new Trainer(Options.Training).Fit(rows.Dataset, split, folder, Options.Progress, Options.CancellationToken);
            var assessment = ModelAssessment.Compute(trained, rows.Dataset, split, Options.CancellationToken);
            var graph = OnnxExporter.ToPredictGraph(trained.Network, assessment.ToContract(Options.Description, Options.NegativeClass, Options.PositiveClass));
            var model = CovidCtModel.Load(new MemoryStream(graph.ToArray(), writable: false), null, Options.Description.Name);
            return new CovidCtScoringEstimator(model, Options.Scoring with { OwnsModel = true }).Fit(input);
        }
        finally
        {
            if (Options.RunFolder is null)
            {
                Directory.Delete(folder, recursive: true);
            }
        }
    }
}
