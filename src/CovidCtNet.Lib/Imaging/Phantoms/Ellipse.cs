namespace CovidCtNet.Lib.Imaging.Phantoms;

/// <summary>An ellipse with its long axis along a unit vector.</summary>
internal readonly record struct Ellipse(double X, double Y, double A, double B, double AxisX = 1, double AxisY = 0)
{
    /// <summary>0 at the centre, 1 on the rim, growing outwards as the square of the distance.</summary>
    public double At(double x, double y)
    {
        var (dx, dy) = (x - X, y - Y);
        var along = ((dx * AxisX) + (dy * AxisY)) / A;
        var across = ((dy * AxisX) - (dx * AxisY)) / B;
        return (along * along) + (across * across);
    }
}
