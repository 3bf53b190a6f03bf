using System.Globalization;

namespace CovidCtNet.Lib.Evaluation;

/// <summary>An estimate with its confidence interval.</summary>
/// <param name="Estimate">The point estimate; NaN where the figure is undefined.</param>
/// <param name="Lower">Lower confidence limit; NaN where no interval exists.</param>
/// <param name="Upper">Upper confidence limit; NaN where no interval exists.</param>
/// <param name="Level">Confidence level, between 0 and 1, for example 0.95.</param>
/// <param name="Method">How the limits were computed, for example <c>DeLong</c> or <c>Wilson</c>.</param>
public readonly record struct Interval(double Estimate, double Lower, double Upper, double Level, string Method) : IFormattable
{
    /// <summary>Upper minus lower limit.</summary>
    public double Width => Upper - Lower;

    /// <summary>True if <paramref name="value"/> lies within the limits, ends included.</summary>
    public bool Contains(double value) => value >= Lower && value <= Upper;

    /// <summary>The interval as journals print it: <c>0.973 (95 % CI 0.958-0.984, DeLong)</c>.</summary>
    public override string ToString() => ToString(null, null);

    /// <summary>The interval with a chosen number format.</summary>
    /// <param name="format">Format of the three numbers; null means <c>0.000</c>.</param>
    /// <param name="formatProvider">Culture; null means the invariant culture.</param>
    public string ToString(string? format, IFormatProvider? formatProvider)
    {
        format = string.IsNullOrEmpty(format) || format == "G" ? "0.000" : format;
        IFormatProvider culture = formatProvider ?? CultureInfo.InvariantCulture;
        string estimate = Estimate.ToString(format, culture);
        string level = (Level * 100).ToString("0.##", culture);
        if (double.IsNaN(Lower) || double.IsNaN(Upper))
        {
            return $"{estimate} (no {level} % CI, {Method})";
        }

        // "-0.1--0.05" cannot be read.
        string separator = Lower < 0 ? " to " : "-";
        return $"{estimate} ({level} % CI {Lower.ToString(format, culture)}{separator}{Upper.ToString(format, culture)}, {Method})";
    }
}
