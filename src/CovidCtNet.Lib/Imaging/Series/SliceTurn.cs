using CovidCtNet.Lib.Imaging.Decoding;
using SkiaSharp;

namespace CovidCtNet.Lib.Imaging.Series;

/// <summary>Turns axial slices the way radiologists look at them: columns to the patient's left, rows to the back.</summary>
internal static class SliceTurn
{
    public static CtImage Upright(DecodedImage image, CtSliceGeometry? geometry, string name)
        => CtImage.FromDecoded(geometry is null ? image : ImageOrientation.MakeUpright(image, OriginOf(geometry)), name);

    /// <summary>Which sides of the patient the first row and column are, by the nearest quarter turn or mirror.</summary>
    public static SKEncodedOrigin OriginOf(CtSliceGeometry geometry)
    {
        var (row, column) = (geometry.Row, geometry.Column);
        if (Math.Abs(row.X) >= Math.Abs(row.Y))
        {
            return (row.X < 0, column.Y < 0) switch
            {
                (false, false) => SKEncodedOrigin.TopLeft,
                (true, false) => SKEncodedOrigin.TopRight,
                (true, true) => SKEncodedOrigin.BottomRight,
                (false, true) => SKEncodedOrigin.BottomLeft,
            };
        }

        return (column.X < 0, row.Y < 0) switch
        {
            (false, false) => SKEncodedOrigin.LeftTop,
            (true, false) => SKEncodedOrigin.RightTop,
            (true, true) => SKEncodedOrigin.RightBottom,
            (false, true) => SKEncodedOrigin.LeftBottom,
        };
    }
}
