using System.Globalization;
using System.Text.RegularExpressions;

namespace CovidCtNet.Samples.Explain;

/// <summary>Guesses the scan of a slice, so that neighbouring slices are drawn together by the bootstrap.</summary>
internal static partial class SliceGroups
{
    /// <summary>Neighbours by number where a size is given; else the file's name without its last number.</summary>
    public static string Of(string path, int index, int size) => size > 0
        ? (index / size).ToString(CultureInfo.InvariantCulture)
        : LastNumber().Replace(Path.GetFileNameWithoutExtension(path), string.Empty);

    [GeneratedRegex(@"[\s_\-]*z?\(?\d+\)?$")]
    private static partial Regex LastNumber();
}
