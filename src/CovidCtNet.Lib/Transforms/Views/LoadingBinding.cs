using CovidCtNet.Lib.Imaging;
using Microsoft.ML;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>Reading slices, bound to columns.</summary>
internal sealed class LoadingBinding : StepBinding
{
    private readonly CtSliceLoadingTransformer _step;

    public LoadingBinding(DataViewSchema inputSchema, CtSliceLoadingTransformer step)
        : base(inputSchema, InputOf(step.Options), step)
    {
        _step = step;
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(inputSchema);
        schema.AddColumn(step.Options.OutputColumnName, CtSliceDataViewType.Instance);
        OutputSchema = schema.ToSchema();
    }

    public static InputColumn InputOf(CtSliceLoadingOptions options) => new(options.InputColumnName, 0, TakesSlices: false);

    public static DataViewSchema.Column Describe(CtSliceLoadingOptions options)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumn(options.OutputColumnName, CtSliceDataViewType.Instance);
        return schema.ToSchema()[0];
    }

    public override RowWork CreateWork(DataViewRow input)
        => new Work(_step, SliceCapture.Create(new RowColumnGetters(input), Source, SourceKind, _step.Options.ImageFolder));

    private sealed class Work(CtSliceLoadingTransformer step, Func<CapturedSlice> capture) : RowWork
    {
        public override Delegate CreateGetter(int added) => (ValueGetter<CtImage>)((ref CtImage value) =>
        {
            step.ThrowIfEnded();
            value = capture().Open(step.Options.Limits);
        });
    }
}
