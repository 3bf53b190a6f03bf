using System.Globalization;
using CovidCtNet.Lib.Evaluation;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary>One figure of the study.</summary>
internal sealed record StudyRow(string Set, string Section, string Map, string Figure, double Value, double Lower, double Upper, double Blob, double Chance, int Slices, int Groups)
{
    public const string Header = "set,section,map,figure,value,lower,upper,centred_blob,chance,slices,groups";

    public static StudyRow Of(string set, string section, string map, string figure, Interval value, double blob, double chance, int slices, int groups) =>
        new(set, section, map, figure, value.Estimate, value.Lower, value.Upper, blob, chance, slices, groups);

    public static StudyRow Of(string set, string section, string map, string figure, double value, double chance, int slices, int groups) =>
        new(set, section, map, figure, value, double.NaN, double.NaN, double.NaN, chance, slices, groups);

    public string ToCsv() => string.Join(',', [Set, Section, Map, Figure, Text(Value), Text(Lower), Text(Upper), Text(Blob), Text(Chance), Slices.ToString(CultureInfo.InvariantCulture), Groups.ToString(CultureInfo.InvariantCulture)]);

    /// <summary>The value with its interval.</summary>
    public string Cell() => !double.IsFinite(Value) ? "-"
        : double.IsFinite(Lower) ? string.Create(CultureInfo.InvariantCulture, $"{Value:0.000} ({Lower:0.000}-{Upper:0.000})")
        : Value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Text(double value) => double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : string.Empty;
}
