namespace CovidCtNet.Lib.Evaluation;

/// <summary>The logistic function and its inverse, without overflow.</summary>
internal static class Sigmoid
{
    public static double Of(double logit)
    {
        if (logit >= 0)
        {
            return 1 / (1 + Math.Exp(-logit));
        }

        double e = Math.Exp(logit);
        return e / (1 + e);
    }

    /// <summary>Log-odds of a probability that is kept away from 0 and 1 by the spacing of doubles at 1, so that they stay finite.</summary>
    public static double Logit(double probability)
    {
        double p = Math.Clamp(probability, ClipEpsilon, 1 - ClipEpsilon);
        return Math.Log(p) - Math.Log(1 - p);
    }

    /// <summary>log(1 + exp(x)).</summary>
    public static double SoftPlus(double x) => Math.Max(x, 0) + double.LogP1(Math.Exp(-Math.Abs(x)));

    /// <summary>What scikit-learn's <c>log_loss</c> clips by: the machine epsilon of double.</summary>
    public const double ClipEpsilon = 2.220446049250313e-16;
}
