namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>Voxel axes in patient space.</summary>
internal static class NiftiAffine
{
    /// <summary>Method 2 of nifti1.h: rotation by a unit quaternion, scaled by the voxel size, the third axis mirrored if pixdim[0] is negative.</summary>
    public static double[] FromQuaternion(double b, double c, double d, double x, double y, double z, double[] pixel)
    {
        var rest = 1 - ((b * b) + (c * c) + (d * d));
        double a;
        if (rest < 1e-7)
        {
            // Rounding of a half turn: normalise, as nifti1_io does.
            var norm = 1 / Math.Sqrt((b * b) + (c * c) + (d * d));
            (a, b, c, d) = (0, b * norm, c * norm, d * norm);
        }
        else
        {
            a = Math.Sqrt(rest);
        }

        var (dx, dy, dz) = (pixel[1], pixel[2], pixel[0] < 0 ? -pixel[3] : pixel[3]);
        return
        [
            ((a * a) + (b * b) - (c * c) - (d * d)) * dx, 2 * ((b * c) - (a * d)) * dy, 2 * ((b * d) + (a * c)) * dz, x,
            2 * ((b * c) + (a * d)) * dx, ((a * a) + (c * c) - (b * b) - (d * d)) * dy, 2 * ((c * d) - (a * b)) * dz, y,
            2 * ((b * d) - (a * c)) * dx, 2 * ((c * d) + (a * b)) * dy, ((a * a) + (d * d) - (c * c) - (b * b)) * dz, z,
        ];
    }

    /// <summary>A column of the matrix in DICOM's coordinates (left, back, head): NIfTI's x and y point the other way.</summary>
    public static CtVector Axis(double[] affine, int axis) => new(-affine[axis], -affine[4 + axis], affine[8 + axis]);
}
