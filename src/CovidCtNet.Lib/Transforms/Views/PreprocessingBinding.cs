using CovidCtNet.Lib.Imaging;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>Preprocessing, bound to columns.</summary>
internal sealed class PreprocessingBinding : StepBinding
{
    private readonly CtSlicePreprocessingTransformer _step;

    public PreprocessingBinding(DataViewSchema inputSchema, CtSlicePreprocessingTransformer step)
        : base(inputSchema, InputOf(step.Options), step)
    {
        _step = step;
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(inputSchema);
        schema.AddColumn(step.Options.OutputColumnName, TypeOf(step.Preprocessing));
        OutputSchema = schema.ToSchema();
    }

    public static InputColumn InputOf(CtSlicePreprocessingOptions options) => new(options.InputColumnName, 0, TakesSlices: true);

    public static DataViewSchema.Column Describe(CtPreprocessing preprocessing, CtSlicePreprocessingOptions options)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(options.OutputColumnName, TypeOf(preprocessing));
        return schema.ToSchema()[0];
    }

    public override RowWork CreateWork(DataViewRow input)
        => new Work(_step, SliceCapture.Create(new RowColumnGetters(input), Source, SourceKind, _step.Options.ImageFolder));

    private static VectorDataViewType TypeOf(CtPreprocessing preprocessing)
        => new(NumberDataViewType.Single, 1, preprocessing.Height, preprocessing.Width);

    private sealed class Work(CtSlicePreprocessingTransformer step, Func<CapturedSlice> capture) : RowWork
    {
        public override Delegate CreateGetter(int added) => (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
        {
            step.ThrowIfEnded();
            var slice = capture();
            var editor = VBufferEditor.Create(ref value, step.Preprocessing.Width * step.Preprocessing.Height);
            slice.Preprocess(step.Options.Limits, step.Preprocessing, editor.Values);
            value = editor.Commit();
        });
    }
}
