using System.IO.Compression;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms.Saving;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Loading of saved pipelines, where ML.NET users look for it: <c>mlContext.Model</c>.</summary>
public static class CovidCtModelCatalog
{
    /// <summary>
    /// Loads a pipeline that <c>mlContext.Model.Save</c> wrote, with this library's own transformers in it: batched, cancellable, and the model
    /// checked at once. <c>mlContext.Model.Load</c> reads the same file into ML.NET's own ONNX step, row by row, and checks it when rows are read.
    /// </summary>
    /// <param name="catalog">The catalog.</param>
    /// <param name="path">The file.</param>
    /// <param name="inputSchema">Columns of the data that the pipeline was saved with, or null if it was saved without.</param>
    /// <param name="modelOptions">How to run the model; null takes batch size and image limits as saved, on the CPU.</param>
    /// <returns>The pipeline; it owns its models, dispose of it after use.</returns>
    /// <exception cref="FileNotFoundException">There is no file at <paramref name="path"/>.</exception>
    /// <exception cref="CovidCtPipelineException">The file is no saved pipeline, or was changed since it was saved.</exception>
    /// <exception cref="CovidCtModelException">The model in the file, the runtime or the provider is not usable.</exception>
    public static TransformerChain<ITransformer> LoadCovidCt(
        this ModelOperationsCatalog catalog, string path, out DataViewSchema? inputSchema, CovidCtModelOptions? modelOptions = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"{path}: the pipeline file does not exist. Check the path.", path);
        }

        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        return Load(catalog, stream, path, out inputSchema, modelOptions);
    }

    /// <inheritdoc cref="LoadCovidCt(ModelOperationsCatalog, string, out DataViewSchema?, CovidCtModelOptions?)"/>
    /// <param name="catalog">The catalog.</param>
    /// <param name="stream">The content of the file; it must seek, and stays open.</param>
    /// <param name="inputSchema">Columns of the data that the pipeline was saved with, or null if it was saved without.</param>
    /// <param name="modelOptions">How to run the model; null takes batch size and image limits as saved, on the CPU.</param>
    public static TransformerChain<ITransformer> LoadCovidCt(
        this ModelOperationsCatalog catalog, Stream stream, out DataViewSchema? inputSchema, CovidCtModelOptions? modelOptions = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(stream);
        return Load(catalog, stream, "The pipeline", out inputSchema, modelOptions);
    }

    private static TransformerChain<ITransformer> Load(
        ModelOperationsCatalog catalog, Stream stream, string name, out DataViewSchema? inputSchema, CovidCtModelOptions? modelOptions)
    {
        ITransformer loaded;
        try
        {
            loaded = catalog.Load(stream, out inputSchema);
        }
        catch (Exception e) when (SessionFactory.ExplainMissingRuntime(e, name) is { } explained)
        {
            throw explained;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            // ML.NET reports damage by exceptions of many types.
            throw new CovidCtPipelineException(
                $"{name}: is no pipeline that ML.NET can load ({e.GetBaseException().Message.TrimEnd('.')})", "Save the pipeline again from its source", e);
        }

        stream.Position = 0;
        using var archive = new ZipArchive(stream, ZipArchiveMode.Read, leaveOpen: true);
        return new SavedPipeline(new MLContext(), archive, modelOptions).Restore(loaded);
    }
}
