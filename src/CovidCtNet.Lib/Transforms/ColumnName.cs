using System.Runtime.CompilerServices;

namespace CovidCtNet.Lib.Transforms;

/// <summary>Checks column names in options.</summary>
internal static class ColumnName
{
    public static string Check(string value, [CallerMemberName] string? option = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, option);
        return value;
    }
}
