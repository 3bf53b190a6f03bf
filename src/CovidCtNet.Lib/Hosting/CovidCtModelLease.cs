using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Hosting;

/// <summary>A model that stays usable until the lease is disposed of.</summary>
public sealed class CovidCtModelLease : IDisposable
{
    private CountedResource<CovidCtModel>? _resource;

    internal CovidCtModelLease(CountedResource<CovidCtModel> resource)
    {
        _resource = resource;
        Model = resource.Value;
    }

    /// <summary>The model; do not dispose of it.</summary>
    public CovidCtModel Model { get; }

    /// <summary>Gives the model back; may be called more than once.</summary>
    public void Dispose() => Interlocked.Exchange(ref _resource, null)?.Leave();
}
