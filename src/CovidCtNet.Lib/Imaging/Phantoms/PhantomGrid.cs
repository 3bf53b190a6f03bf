namespace CovidCtNet.Lib.Imaging.Phantoms;

/// <summary>
/// Pixels and the chest's own coordinates: x from -1 to 1 across (the patient's right on the left, as radiologists look at it), y down,
/// the origin in the middle.
/// </summary>
internal sealed class PhantomGrid
{
    private readonly double _unit;

    public PhantomGrid(int width, int height)
    {
        Width = width;
        Height = height;
        _unit = Math.Min(width / 2.0, height / 1.5);
    }

    public int Width { get; }

    public int Height { get; }

    public int Count => Width * Height;

    /// <summary>One pixel in the chest's coordinates.</summary>
    public double Pixel => 1 / _unit;

    public double X(int column) => (column + 0.5 - (Width / 2.0)) / _unit;

    public double Y(int row) => (row + 0.5 - (Height / 2.0)) / _unit;

    /// <summary>The pixels that may lie within a distance of the box of two points.</summary>
    public (int Left, int Top, int Right, int Bottom) Box(double x0, double y0, double x1, double y1, double margin)
    {
        int Column(double x) => (int)Math.Clamp(Math.Floor((x * _unit) + (Width / 2.0)), 0, Width - 1);
        int Row(double y) => (int)Math.Clamp(Math.Floor((y * _unit) + (Height / 2.0)), 0, Height - 1);
        return (Column(Math.Min(x0, x1) - margin), Row(Math.Min(y0, y1) - margin), Column(Math.Max(x0, x1) + margin), Row(Math.Max(y0, y1) + margin));
    }
}
