namespace CovidCtNet.Lib.Imaging;

/// <summary>A point or direction in DICOM's patient coordinates, in mm: x to the patient's left, y to the back, z to the head.</summary>
/// <param name="X">To the left.</param>
/// <param name="Y">To the back.</param>
/// <param name="Z">To the head.</param>
public readonly record struct CtVector(double X, double Y, double Z)
{
    /// <summary>Euclidean length.</summary>
    public double Length => Math.Sqrt(Dot(this));

    /// <summary>Dot product.</summary>
    /// <param name="other">The other vector.</param>
    public double Dot(CtVector other) => (X * other.X) + (Y * other.Y) + (Z * other.Z);

    /// <summary>Cross product.</summary>
    /// <param name="other">The other vector.</param>
    public CtVector Cross(CtVector other)
        => new((Y * other.Z) - (Z * other.Y), (Z * other.X) - (X * other.Z), (X * other.Y) - (Y * other.X));

    /// <summary>The vector times a number.</summary>
    /// <param name="factor">The number.</param>
    public CtVector Times(double factor) => new(X * factor, Y * factor, Z * factor);

    /// <summary>Sum.</summary>
    /// <param name="other">The other vector.</param>
    public CtVector Plus(CtVector other) => new(X + other.X, Y + other.Y, Z + other.Z);
}
