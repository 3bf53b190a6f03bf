using CovidCtNet.Lib.Inference;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>Scores single rows, once for each, whichever of the columns is read.</summary>
internal sealed class ScoringWork : RowWork
{
    private readonly ScoringBinding _binding;
    private readonly DataViewRow _input;
    private readonly Func<CapturedSlice>? _capture;
    private readonly ValueGetter<VBuffer<float>>? _planes;
    private VBuffer<float> _plane;
    private CtPrediction? _last;
    private long _lastPosition = -1;

    public ScoringWork(ScoringBinding binding, DataViewRow input)
    {
        _binding = binding;
        _input = input;
        if (binding.SourceKind == CtSliceSource.Plane)
        {
            _planes = input.GetGetter<VBuffer<float>>(binding.Source);
        }
        else
        {
            _capture = SliceCapture.Create(new RowColumnGetters(input), binding.Source, binding.SourceKind, binding.Scorer.Options.ImageFolder);
        }
    }

    public override Delegate CreateGetter(int added) => ScoringBinding.CreateGetter(added, Predict);

    private CtPrediction Predict()
    {
        _binding.Step.ThrowIfEnded();
        if (_last is { } known && _lastPosition == _input.Position)
        {
            return known;
        }

        var model = _binding.Scorer.Model;
        using var batch = model.RentBatch(1);
        string? name = null;
        if (_planes is null)
        {
            name = _capture!().Preprocess(model.Options.ImageLimits, model.Preprocessing, batch.Plane(0));
        }
        else
        {
            _planes(ref _plane);
            _binding.CopyPlane(in _plane, batch.Plane(0));
        }

        batch.Run(_binding.Scorer.Options.CancellationToken);
        _lastPosition = _input.Position;
        return _last = batch.Read(0, name);
    }
}
