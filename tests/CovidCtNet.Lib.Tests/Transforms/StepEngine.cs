using Microsoft.ML;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>A prediction engine whose answers are the outputs of a step as numbers.</summary>
internal sealed class StepEngine(IDisposable engine, Func<SliceRow, float[][]> predict) : IDisposable
{
    public static StepEngine Create<TAnswer>(MLContext ml, ITransformer step, Func<TAnswer, float[][]> read)
        where TAnswer : class, new()
    {
        var engine = ml.Model.CreatePredictionEngine<SliceRow, TAnswer>(step);
        return new StepEngine(engine, row => read(engine.Predict(row)));
    }

    public float[][] Predict(SliceRow row) => predict(row);

    public void Dispose() => engine.Dispose();
}
