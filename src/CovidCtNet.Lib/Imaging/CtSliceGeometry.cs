namespace CovidCtNet.Lib.Imaging;

/// <summary>Where a slice lies in the patient (DICOM PS3.3, C.7.6.2).</summary>
public sealed record CtSliceGeometry
{
    private const double AxialCosine = 0.9;

    /// <summary>The centre of the first pixel, in mm.</summary>
    public required CtVector Position { get; init; }

    /// <summary>The direction in which columns follow each other, of length 1.</summary>
    public required CtVector Row { get; init; }

    /// <summary>The direction in which rows follow each other, of length 1.</summary>
    public required CtVector Column { get; init; }

    /// <summary>Distance between the centres of neighbouring rows, in mm; 0 if unknown.</summary>
    public double RowSpacing { get; init; }

    /// <summary>Distance between the centres of neighbouring columns, in mm; 0 if unknown.</summary>
    public double ColumnSpacing { get; init; }

    /// <summary>Nominal slice thickness, in mm; 0 if unknown.</summary>
    public double Thickness { get; init; }

    /// <summary>The direction across the slice: <see cref="Row"/> x <see cref="Column"/>.</summary>
    public CtVector Normal => Row.Cross(Column);

    /// <summary>Whether the slice is axial: its normal lies within 26 degrees of the body's axis, which leaves room for a tilted gantry.</summary>
    public bool IsAxial => Math.Abs(Normal.Z) >= AxialCosine;

    /// <summary>The geometry of orthogonal unit directions; null if the numbers are none.</summary>
    internal static CtSliceGeometry? Create(double[] position, double[] orientation)
    {
        if (position.Length != 3 || orientation.Length != 6)
        {
            return null;
        }

        var row = new CtVector(orientation[0], orientation[1], orientation[2]);
        var column = new CtVector(orientation[3], orientation[4], orientation[5]);
        var sound = Math.Abs(row.Length - 1) < 0.01 && Math.Abs(column.Length - 1) < 0.01 && Math.Abs(row.Dot(column)) < 0.01;
        return sound ? new CtSliceGeometry { Position = new CtVector(position[0], position[1], position[2]), Row = row, Column = column } : null;
    }
}
