namespace CovidCtNet.Lib.Evaluation;

/// <summary>Logistic regression with one predictor, by Newton's method with step halving.</summary>
internal static class LogisticFit
{
    private const int MaxIterations = 100;

    /// <summary>
    /// Least-log-loss slope and intercept of target ~ sigmoid(slope * x + intercept); null if there is none: the classes are
    /// separated (the slope grows without end) or x is constant.
    /// </summary>
    public static (double Slope, double Intercept)? Fit(ReadOnlySpan<double> x, ReadOnlySpan<double> targets, ReadOnlySpan<double> weights)
    {
        double slope = 0;
        double intercept = 0;
        double loss = Loss(x, targets, weights, slope, intercept);
        for (int iteration = 0; iteration < MaxIterations; iteration++)
        {
            double g1 = 0;
            double g0 = 0;
            double h11 = 0;
            double h10 = 0;
            double h00 = 0;
            for (int i = 0; i < x.Length; i++)
            {
                double weight = weights.IsEmpty ? 1 : weights[i];
                double p = Sigmoid.Of((slope * x[i]) + intercept);
                double error = weight * (p - targets[i]);
                double curvature = weight * p * (1 - p);
                g1 += error * x[i];
                g0 += error;
                h11 += curvature * x[i] * x[i];
                h10 += curvature * x[i];
                h00 += curvature;
            }

            double determinant = (h11 * h00) - (h10 * h10);
            if (!(determinant > 1e-12 * h11 * h00))
            {
                return null;
            }

            double stepSlope = ((h00 * g1) - (h10 * g0)) / determinant;
            double stepIntercept = ((h11 * g0) - (h10 * g1)) / determinant;
            double scale = 1;
            double next = Loss(x, targets, weights, slope - stepSlope, intercept - stepIntercept);
            while (next > loss && scale > 1e-10)
            {
                scale /= 2;
                next = Loss(x, targets, weights, slope - (scale * stepSlope), intercept - (scale * stepIntercept));
            }

            if (next > loss)
            {
                // No step lowers the loss any more: the minimum, to the last digit.
                return (slope, intercept);
            }

            slope -= scale * stepSlope;
            intercept -= scale * stepIntercept;
            loss = next;
            if (Math.Abs(scale * stepSlope) <= 1e-13 * (1 + Math.Abs(slope)) && Math.Abs(scale * stepIntercept) <= 1e-13 * (1 + Math.Abs(intercept)))
            {
                return (slope, intercept);
            }
        }

        return null;
    }

    /// <summary>The intercept for a fixed slope of 1: calibration in the large.</summary>
    public static double InterceptForUnitSlope(ReadOnlySpan<double> x, ReadOnlySpan<double> targets, ReadOnlySpan<double> weights)
    {
        // The slope of the loss rises with the intercept from minus to plus infinity's side, so bisection cannot fail.
        double low = -100;
        double high = 100;
        for (int step = 0; step < 200; step++)
        {
            double middle = (low + high) / 2;
            double gradient = 0;
            for (int i = 0; i < x.Length; i++)
            {
                gradient += (weights.IsEmpty ? 1 : weights[i]) * (Sigmoid.Of(x[i] + middle) - targets[i]);
            }

            if (gradient > 0)
            {
                high = middle;
            }
            else
            {
                low = middle;
            }

            if (high - low < 1e-13)
            {
                break;
            }
        }

        return (low + high) / 2;
    }

    private static double Loss(ReadOnlySpan<double> x, ReadOnlySpan<double> targets, ReadOnlySpan<double> weights, double slope, double intercept)
    {
        double loss = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double z = (slope * x[i]) + intercept;
            loss += (weights.IsEmpty ? 1 : weights[i]) * (Sigmoid.SoftPlus(z) - (targets[i] * z));
        }

        return loss;
    }
}
