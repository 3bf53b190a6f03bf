namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>How a page of a TIFF is cut into strips or tiles, by the values of its directory.</summary>
internal sealed class TiffPlan
{
    private readonly Dictionary<ushort, ulong> _values = [];

    /// <summary>Strips or tiles of all planes, at most 2^63.</summary>
    public ulong Parts
    {
        get
        {
            var (width, height) = (Of(256, 1), Of(257, 1));
            var planes = Of(284, 1) == 2 ? Math.Max(1, Of(277, 1)) : 1;
            var parts = _values.ContainsKey(322) || _values.ContainsKey(323)
                ? Ceiling(width, Of(322, 1)) * (UInt128)Ceiling(height, Of(323, 1))
                : Ceiling(height, Of(278, uint.MaxValue));
            var all = parts * planes;
            return all > long.MaxValue ? long.MaxValue : (ulong)all;
        }
    }

    /// <returns>False if the tag has a value already, which TIFF forbids.</returns>
    public bool Set(ushort tag, ulong value) => _values.TryAdd(tag, value);

    private ulong Of(ushort tag, ulong fallback) => _values.GetValueOrDefault(tag, fallback);

    private static ulong Ceiling(ulong length, ulong part) => part == 0 ? length : (length / part) + (length % part == 0 ? 0UL : 1);
}
