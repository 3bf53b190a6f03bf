using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Inference;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>Model attention, bound to columns.</summary>
internal sealed class AttentionBinding : StepBinding
{
    private readonly CovidCtAttentionTransformer _step;

    public AttentionBinding(DataViewSchema inputSchema, CovidCtAttentionTransformer step)
        : base(inputSchema, InputOf(step.Options), step)
    {
        _step = step;
        OutputSchema = Append(inputSchema, step.Model, step.Options);
    }

    public static InputColumn InputOf(CovidCtAttentionOptions options) => new(options.InputColumnName, 0, TakesSlices: true);

    public static DataViewSchema Append(DataViewSchema input, CovidCtModel model, CovidCtAttentionOptions options)
    {
        var schema = new DataViewSchema.Builder();
        schema.AddColumns(input);
        schema.AddColumn(options.AttentionColumnName, new VectorDataViewType(NumberDataViewType.Single, 1, model.Preprocessing.Height, model.Preprocessing.Width));
        if (options.OverlayColumnName is { } overlay)
        {
            schema.AddColumn(overlay, new ImageDataViewType());
        }

        return schema.ToSchema();
    }

    public override RowWork CreateWork(DataViewRow input)
        => new Work(_step, input, SliceCapture.Create(new RowColumnGetters(input), Source, SourceKind, _step.Options.ImageFolder));

    private sealed class Work(CovidCtAttentionTransformer step, DataViewRow input, Func<CapturedSlice> capture) : RowWork
    {
        private AttentionMap? _last;
        private long _lastPosition = -1;

        public override Delegate CreateGetter(int added) => added == 0
            ? (ValueGetter<VBuffer<float>>)((ref VBuffer<float> value) =>
            {
                var map = Explain().InputValues;
                var editor = VBufferEditor.Create(ref value, map.Length);
                map.CopyTo(editor.Values);
                value = editor.Commit();
            })
            : (ValueGetter<MLImage>)((ref MLImage value) => value = MLImage.CreateFromStream(new MemoryStream(Explain().ToOverlayPng(step.Options.Overlay))));

        private AttentionMap Explain()
        {
            step.ThrowIfEnded();
            if (_last is { } known && _lastPosition == input.Position)
            {
                return known;
            }

            var slice = capture().Open(step.Model.Options.ImageLimits);
            var map = step.Model.Explain(slice, step.Options.Method, step.Options.Explain, null, step.Options.CancellationToken);
            _lastPosition = input.Position;
            return _last = map;
        }
    }
}
