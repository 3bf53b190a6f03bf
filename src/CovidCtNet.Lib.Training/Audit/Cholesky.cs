namespace CovidCtNet.Lib.Training.Audit;

/// <summary>Solves small symmetric positive-definite systems in place.</summary>
internal static class Cholesky
{
    /// <summary>Replaces the right-hand side by the solution; false where the matrix is not positive definite.</summary>
    /// <param name="matrix">n x n, overwritten.</param>
    /// <param name="right">n values: the right-hand side, then the solution.</param>
    public static bool Solve(Span<double> matrix, Span<double> right)
    {
        var n = right.Length;
        for (var c = 0; c < n; c++)
        {
            for (var r = c; r < n; r++)
            {
                var sum = matrix[(r * n) + c];
                for (var k = 0; k < c; k++)
                {
                    sum -= matrix[(r * n) + k] * matrix[(c * n) + k];
                }

                if (r == c && !(sum > 1e-9))
                {
                    return false;
                }

                matrix[(r * n) + c] = r == c ? Math.Sqrt(sum) : sum / matrix[(c * n) + c];
            }
        }

        for (var r = 0; r < n; r++)
        {
            for (var k = 0; k < r; k++)
            {
                right[r] -= matrix[(r * n) + k] * right[k];
            }

            right[r] /= matrix[(r * n) + r];
        }

        for (var r = n - 1; r >= 0; r--)
        {
            for (var k = r + 1; k < n; k++)
            {
                right[r] -= matrix[(k * n) + r] * right[k];
            }

            right[r] /= matrix[(r * n) + r];
        }

        return true;
    }
}
