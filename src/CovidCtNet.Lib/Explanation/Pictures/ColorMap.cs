namespace CovidCtNet.Lib.Explanation.Pictures;

/// <summary>
/// Colours for values in [0, 1]. <see cref="Viridis"/>, <see cref="Cividis"/>, <see cref="Magma"/> and <see cref="Inferno"/> are
/// perceptually uniform, rise in lightness throughout and stay readable for colour-blind readers and in print without colour.
/// </summary>
/// <remarks>
/// Tables of viridis, magma and inferno: Smith and van der Walt, 2015 (CC0); cividis: Nuñez, Anderton and Renslow, "Optimizing colormaps
/// with consideration for color vision deficiency", PLoS ONE 2018; all as in Matplotlib 3.6.
/// </remarks>
public sealed class ColorMap
{
    private const int Count = 256;
    private readonly byte[] _table;

    private ColorMap(string name, byte[] table)
    {
        Name = name;
        _table = table;
    }

    /// <summary>Dark violet over green to yellow.</summary>
    public static ColorMap Viridis { get; } = new("viridis", Convert.FromHexString(ColorTables.Viridis));

    /// <summary>Dark blue over gray to yellow; made to look alike to readers with and without red-green blindness.</summary>
    public static ColorMap Cividis { get; } = new("cividis", Convert.FromHexString(ColorTables.Cividis));

    /// <summary>Black over violet to pale yellow.</summary>
    public static ColorMap Magma { get; } = new("magma", Convert.FromHexString(ColorTables.Magma));

    /// <summary>Black over red to pale yellow.</summary>
    public static ColorMap Inferno { get; } = new("inferno", Convert.FromHexString(ColorTables.Inferno));

    /// <summary>
    /// Blue over green to red, as many papers print attention maps. Its lightness rises and falls: it shows edges that the values do not
    /// have, and red-green blind readers cannot read it. For comparison with such papers only.
    /// </summary>
    public static ColorMap Jet { get; } = new("jet", JetTable());

    /// <summary>All colour maps.</summary>
    public static IReadOnlyList<ColorMap> All { get; } = [Viridis, Cividis, Magma, Inferno, Jet];

    /// <summary>The name in lower case.</summary>
    public string Name { get; }

    /// <summary>The colour map of a name, in any case; null where there is none.</summary>
    public static ColorMap? Find(string? name) => All.FirstOrDefault(map => string.Equals(map.Name, name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The colour of a value; values outside [0, 1] take the nearest end, NaN the lower one.</summary>
    /// <param name="value">The value.</param>
    public (byte Red, byte Green, byte Blue) ColorOf(float value)
    {
        var index = 3 * (int)Math.Clamp(float.IsNaN(value) ? 0 : (value * (Count - 1)) + 0.5f, 0, Count - 1);
        return (_table[index], _table[index + 1], _table[index + 2]);
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    /// <summary>Four ramps: each primary rises, stays and falls over fixed parts of the range.</summary>
    private static byte[] JetTable()
    {
        var table = new byte[3 * Count];
        for (var i = 0; i < Count; i++)
        {
            var value = i / (Count - 1.0);
            table[3 * i] = Ramp(value, 0.75);
            table[(3 * i) + 1] = Ramp(value, 0.5);
            table[(3 * i) + 2] = Ramp(value, 0.25);
        }

        return table;
    }

    private static byte Ramp(double value, double centre) => (byte)Math.Round(255 * Math.Clamp(1.5 - (4 * Math.Abs(value - centre)), 0, 1));
}
