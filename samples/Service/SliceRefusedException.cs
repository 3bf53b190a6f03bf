using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Samples.Service;

/// <summary>The input gate refuses the slice, and the service is set to enforce that.</summary>
internal sealed class SliceRefusedException(CtGateResult gate) : Exception("The input gate refuses the slice.")
{
    public CtGateResult Gate { get; } = gate;
}
