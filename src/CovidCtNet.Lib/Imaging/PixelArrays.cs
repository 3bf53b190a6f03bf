using System.Buffers;

namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// Pixel memory of decoded slices. A slice belongs to whoever loaded it, so that its array is new; but most slices are preprocessed and
/// forgotten, half a megabyte each. Within a <see cref="Lend"/> the decoders of this thread get pooled arrays, which go back with it.
/// </summary>
internal static class PixelArrays
{
    [ThreadStatic]
    private static Loan? _loan;

    /// <summary>An array of at least a length; its values are not defined.</summary>
    public static float[] Allocate(int length) => _loan is { } loan ? loan.Rent(length) : GC.AllocateUninitializedArray<float>(length);

    /// <summary>Lends arrays until the result is disposed of, on the same thread. No slice that was decoded meanwhile may be used later.</summary>
    public static IDisposable Lend() => new Loan(_loan);

    private sealed class Loan : IDisposable
    {
        private readonly Loan? _outer;
        private float[]? _first;
        private List<float[]>? _others;

        public Loan(Loan? outer)
        {
            _outer = outer;
            _loan = this;
        }

        public float[] Rent(int length)
        {
            var array = ArrayPool<float>.Shared.Rent(length);
            if (_first is null)
            {
                _first = array;
            }
            else
            {
                (_others ??= []).Add(array);
            }

            return array;
        }

        public void Dispose()
        {
            _loan = _outer;
            if (_first is { } first)
            {
                _first = null;
                ArrayPool<float>.Shared.Return(first);
            }

            foreach (var array in _others ?? [])
            {
                ArrayPool<float>.Shared.Return(array);
            }

            _others = null;
        }
    }
}
