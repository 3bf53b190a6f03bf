namespace CovidCtNet.Lib.Quantization;

/// <summary>Signal and noise of one tensor over slices.</summary>
internal sealed class ErrorMeter
{
    private double _signal;
    private double _noise;

    /// <summary>10 log10(signal / noise).</summary>
    public double Decibels => _noise == 0 ? double.PositiveInfinity : 10 * Math.Log10(_signal / _noise);

    public void Add(ReadOnlySpan<float> exact, ReadOnlySpan<float> rounded)
    {
        for (var i = 0; i < exact.Length; i++)
        {
            var error = (double)exact[i] - rounded[i];
            _signal += (double)exact[i] * exact[i];
            _noise += error * error;
        }
    }
}
