namespace CovidCtNet.Lib.Evaluation;

/// <summary>The form of McNemar's test.</summary>
public enum McNemarMethod
{
    /// <summary>Binomial test of the discordant cases: never too liberal.</summary>
    Exact,

    /// <summary>Binomial test that counts half of the observed outcome: closer to its level (Fagerland et al., BMC Med Res Methodol 2013; 13: 91).</summary>
    MidP,

    /// <summary>Chi-square with one degree of freedom, uncorrected: for many discordant cases (25 or more).</summary>
    ChiSquare,

    /// <summary>Chi-square with Edwards' continuity correction, the default of R and statsmodels for large samples.</summary>
    ChiSquareCorrected,
}
