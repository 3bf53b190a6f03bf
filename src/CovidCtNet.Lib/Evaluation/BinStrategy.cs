namespace CovidCtNet.Lib.Evaluation;

/// <summary>How probabilities are cut into bins for a reliability curve.</summary>
public enum BinStrategy
{
    /// <summary>Bins of equal width over [0, 1]; scikit-learn's <c>uniform</c>.</summary>
    EqualWidth,

    /// <summary>Bins that hold about the same number of cases, cut at quantiles; scikit-learn's <c>quantile</c>.</summary>
    EqualMass,
}
