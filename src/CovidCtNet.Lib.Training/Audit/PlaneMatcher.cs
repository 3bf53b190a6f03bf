using System.Numerics.Tensors;

namespace CovidCtNet.Lib.Training.Audit;

/// <summary>
/// Lays one plane over another and correlates them. The position (shift and scale of each axis) and the change of brightness and contrast
/// are found together by least squares on the linearised picture (Lucas and Kanade, IJCAI 1981; with gain and offset as unknowns), from
/// the coarse plane to the fine one. Holds its buffers: one for each thread.
/// </summary>
internal sealed class PlaneMatcher
{
    private const int Fine = SliceFingerprint.Side;
    private const int Coarse = PerceptualHash.Side;
    private const int Unknowns = 6;
    private const int Steps = 8;
    private const float DetailSigma = 3;

    // A copy that was cropped further is another picture as far as this search goes.
    private const float FarthestShift = 0.16f;

    private readonly float[] _target = new float[Fine * Fine];
    private readonly float[] _coarseTarget = new float[Coarse * Coarse];
    private readonly float[] _coarseSource = new float[Coarse * Coarse];
    private readonly float[] _warped = new float[Fine * Fine];
    private readonly float[] _detailed = new float[Fine * Fine];
    private readonly float[] _line = new float[Fine * Fine];
    private readonly float[][] _columns = [.. Enumerable.Range(0, Unknowns).Select(_ => new float[Fine * Fine])];
    private readonly float[] _kernel = CreateKernel();

    /// <summary>Correlation of the gray values and of the fine structure at the best position.</summary>
    /// <param name="source">The plane to be laid over, 64 x 64.</param>
    /// <param name="target">The plane below it, 64 x 64.</param>
    /// <param name="start">Where to begin: the part of the source that may be the whole target.</param>
    /// <param name="leastCorrelation">Below this correlation of the coarse planes the fine ones are not compared.</param>
    public (float Correlation, float Detail) Match(ReadOnlySpan<float> source, ReadOnlySpan<byte> target, CropBox start, float leastCorrelation)
    {
        for (var i = 0; i < target.Length; i++)
        {
            _target[i] = target[i];
        }

        Halve(_target, _coarseTarget);
        Halve(source, _coarseSource);
        var box = start;
        var correlation = Align(_coarseSource, _coarseTarget, Coarse, ref box);
        if (correlation < leastCorrelation)
        {
            return (correlation, 0);
        }

        correlation = Align(source, _target, Fine, ref box);
        box.Sample(source, Fine, _warped, Fine);
        Detail(_warped, _detailed);
        _detailed.CopyTo(_warped, 0);
        Detail(_target, _detailed);
        return (correlation, Correlate(_warped, _detailed));
    }

    /// <summary>Pearson's correlation; 0 where a plane is constant.</summary>
    public static float Correlate(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var (meanA, meanB) = (TensorPrimitives.Sum(a) / a.Length, TensorPrimitives.Sum(b) / b.Length);
        var covariance = TensorPrimitives.Dot(a, b) - (meanA * meanB * a.Length);
        var varianceA = TensorPrimitives.SumOfSquares(a) - (meanA * meanA * a.Length);
        var varianceB = TensorPrimitives.SumOfSquares(b) - (meanB * meanB * b.Length);
        return varianceA <= 1e-6f * a.Length || varianceB <= 1e-6f * b.Length ? 0 : covariance / MathF.Sqrt(varianceA * varianceB);
    }

    private float Align(ReadOnlySpan<float> source, ReadOnlySpan<float> target, int side, ref CropBox box)
    {
        var size = side * side;
        var warped = _warped.AsSpan(0, size);
        box.Sample(source, side, warped, side);
        var best = Correlate(warped, target[..size]);
        var trial = box;
        Span<double> change = stackalloc double[Unknowns];
        for (var step = 0; step < Steps; step++)
        {
            if (!Solve(warped, target[..size], side, trial, change))
            {
                break;
            }

            trial = trial.Moved((float)change[2], (float)change[3], (float)change[4], (float)change[5], FarthestShift);
            trial.Sample(source, side, warped, side);
            var correlation = Correlate(warped, target[..size]);
            if (correlation <= best + 1e-5f)
            {
                break;
            }

            (best, box) = (correlation, trial);
        }

        return best;
    }

    // target = offset + gain · (warped + ∂warped · change): linear in offset, gain and gain · change.
    private bool Solve(ReadOnlySpan<float> warped, ReadOnlySpan<float> target, int side, CropBox box, Span<double> change)
    {
        var size = side * side;
        _columns[0].AsSpan(0, size).Fill(1);
        warped.CopyTo(_columns[1]);
        for (var y = 0; y < side; y++)
        {
            var (above, below) = (Math.Max(y - 1, 0) * side, Math.Min(y + 1, side - 1) * side);
            var vertical = (y + 0.5f) / side;
            for (var x = 0; x < side; x++)
            {
                var (i, left, right) = ((y * side) + x, Math.Max(x - 1, 0), Math.Min(x + 1, side - 1));

                // Derivatives by the position in the source, whose width and height count as 1.
                var dx = (warped[(y * side) + right] - warped[(y * side) + left]) / (right - left) * side / box.ScaleX;
                var dy = (warped[below + x] - warped[above + x]) * side / ((below - above) / side) / box.ScaleY;
                _columns[2][i] = dx;
                _columns[3][i] = dx * (x + 0.5f) / side;
                _columns[4][i] = dy;
                _columns[5][i] = dy * vertical;
            }
        }

        Span<double> matrix = stackalloc double[Unknowns * Unknowns];
        for (var r = 0; r < Unknowns; r++)
        {
            var row = _columns[r].AsSpan(0, size);
            change[r] = TensorPrimitives.Dot<float>(row, target);
            for (var c = r; c < Unknowns; c++)
            {
                matrix[(r * Unknowns) + c] = matrix[(c * Unknowns) + r] = TensorPrimitives.Dot<float>(row, _columns[c].AsSpan(0, size));
            }
        }

        if (!Cholesky.Solve(matrix, change) || Math.Abs(change[1]) < 1e-3)
        {
            return false;
        }

        for (var i = 2; i < Unknowns; i++)
        {
            change[i] /= change[1];
        }

        return true;
    }

    private static void Halve(ReadOnlySpan<float> fine, Span<float> coarse)
    {
        for (var y = 0; y < Coarse; y++)
        {
            var upper = fine.Slice(2 * y * Fine, Fine);
            var lower = fine.Slice(((2 * y) + 1) * Fine, Fine);
            for (var x = 0; x < Coarse; x++)
            {
                coarse[(y * Coarse) + x] = (upper[2 * x] + upper[(2 * x) + 1] + lower[2 * x] + lower[(2 * x) + 1]) / 4;
            }
        }
    }

    // The plane minus its Gaussian blur, with the border repeated.
    private void Detail(ReadOnlySpan<float> plane, Span<float> result)
    {
        var reach = _kernel.Length / 2;
        for (var y = 0; y < Fine; y++)
        {
            var row = _line.AsSpan(y * Fine, Fine);
            row.Clear();
            for (var k = -reach; k <= reach; k++)
            {
                TensorPrimitives.MultiplyAdd(plane.Slice(Math.Clamp(y + k, 0, Fine - 1) * Fine, Fine), _kernel[k + reach], row, row);
            }
        }

        Span<float> padded = stackalloc float[Fine + (2 * reach)];
        for (var y = 0; y < Fine; y++)
        {
            var row = _line.AsSpan(y * Fine, Fine);
            padded[..reach].Fill(row[0]);
            row.CopyTo(padded[reach..]);
            padded[(reach + Fine)..].Fill(row[^1]);
            for (var x = 0; x < Fine; x++)
            {
                result[(y * Fine) + x] = plane[(y * Fine) + x] - TensorPrimitives.Dot<float>(padded.Slice(x, _kernel.Length), _kernel);
            }
        }
    }

    private static float[] CreateKernel()
    {
        var reach = (int)(3 * DetailSigma);
        var kernel = Enumerable.Range(-reach, (2 * reach) + 1).Select(k => MathF.Exp(-k * k / (2 * DetailSigma * DetailSigma))).ToArray();
        var sum = kernel.Sum();
        return [.. kernel.Select(k => k / sum)];
    }
}
