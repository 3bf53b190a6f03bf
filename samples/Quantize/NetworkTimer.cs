using System.Diagnostics;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Samples.Quantize;

/// <summary>
/// Times two networks in turns, without decoding and preprocessing. The best turn counts: whatever else the machine does can only make a
/// turn slower.
/// </summary>
internal static class NetworkTimer
{
    /// <summary>Slices per second of both, at one batch size.</summary>
    public static (double Exact, double Rounded) Measure(byte[] exact, byte[] rounded, ModelContract contract, int batch, int turns, CancellationToken cancellationToken)
    {
        using var first = new TimedSession(exact, contract, batch);
        using var second = new TimedSession(rounded, contract, batch);
        first.Time();
        second.Time();
        var (bestFirst, bestSecond) = (double.PositiveInfinity, double.PositiveInfinity);
        for (var turn = 0; turn < turns; turn++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            bestFirst = Math.Min(bestFirst, first.Time());
            bestSecond = Math.Min(bestSecond, second.Time());
        }

        return (batch / bestFirst, batch / bestSecond);
    }

    private sealed class TimedSession : IDisposable
    {
        private readonly InferenceSession _session;
        private readonly RunOptions _run = new();
        private readonly OrtValue _input;

        public TimedSession(byte[] model, ModelContract contract, int batch)
        {
            _session = new InferenceSession(model);
            var network = contract.Network;
            var plane = network.InputHeight * network.InputWidth;
            var values = new float[batch * network.InputChannels * plane];
            for (var i = 0; i < batch; i++)
            {
                var slice = contract.Preprocessing.Apply(CtPhantom.Create(i).Image);
                for (var c = 0; c < network.InputChannels; c++)
                {
                    slice.CopyTo(values, ((i * network.InputChannels) + c) * plane);
                }
            }

            _input = OrtValue.CreateTensorValueFromMemory(values, [batch, network.InputChannels, network.InputHeight, network.InputWidth]);
        }

        /// <summary>Seconds of one run, the better of two.</summary>
        public double Time() => Math.Min(Once(), Once());

        public void Dispose()
        {
            _input.Dispose();
            _run.Dispose();
            _session.Dispose();
        }

        private double Once()
        {
            var begun = Stopwatch.GetTimestamp();
            using var results = _session.Run(_run, [ModelContract.InputName], [_input], [ModelContract.LogitsName]);
            return Stopwatch.GetElapsedTime(begun).TotalSeconds;
        }
    }
}
