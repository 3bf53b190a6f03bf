namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// Where a slice lies within a network's input, so that what the network says about its input can be carried back to the slice.
/// Coordinates are continuous: pixel i covers [i, i + 1), its centre is i + 0.5.
/// </summary>
/// <param name="SourceWidth">Columns of the slice.</param>
/// <param name="SourceHeight">Rows of the slice.</param>
/// <param name="TargetWidth">Columns of the input.</param>
/// <param name="TargetHeight">Rows of the input.</param>
/// <param name="OffsetX">First column of the input that shows the slice.</param>
/// <param name="OffsetY">First row of the input that shows the slice.</param>
/// <param name="Width">Columns of the input that show the slice, at least 1.</param>
/// <param name="Height">Rows of the input that show the slice, at least 1.</param>
public readonly record struct CtPlacement(
    int SourceWidth, int SourceHeight, int TargetWidth, int TargetHeight, int OffsetX, int OffsetY, int Width, int Height)
{
    /// <summary>The part of the slice that the input shows: all of it, or the box of <see cref="CtPreprocessing.Crop"/>.</summary>
    public CtRegion Region { get; init; } = new(0, 0, SourceWidth, SourceHeight);

    /// <summary>Input columns for each column of the slice.</summary>
    public double ScaleX => (double)Width / Region.Width;

    /// <summary>Input rows for each row of the slice.</summary>
    public double ScaleY => (double)Height / Region.Height;

    /// <summary>Where a slice of this size lies in an input of that size.</summary>
    /// <param name="sourceWidth">Columns of the slice, at least 1.</param>
    /// <param name="sourceHeight">Rows of the slice, at least 1.</param>
    /// <param name="targetWidth">Columns of the input, at least 1.</param>
    /// <param name="targetHeight">Rows of the input, at least 1.</param>
    /// <param name="fit">How the slice is fitted.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or the fit is no known value.</exception>
    public static CtPlacement Compute(int sourceWidth, int sourceHeight, int targetWidth, int targetHeight, CtFit fit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(sourceHeight, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetWidth, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(targetHeight, 1);
        switch (fit)
        {
            case CtFit.Stretch:
                return new CtPlacement(sourceWidth, sourceHeight, targetWidth, targetHeight, 0, 0, targetWidth, targetHeight);
            case CtFit.Letterbox:
                var scale = Math.Min((double)targetWidth / sourceWidth, (double)targetHeight / sourceHeight);
                var width = Math.Clamp((int)Math.Round(sourceWidth * scale, MidpointRounding.AwayFromZero), 1, targetWidth);
                var height = Math.Clamp((int)Math.Round(sourceHeight * scale, MidpointRounding.AwayFromZero), 1, targetHeight);
                return new CtPlacement(
                    sourceWidth, sourceHeight, targetWidth, targetHeight, (targetWidth - width) / 2, (targetHeight - height) / 2, width, height);
            default:
                throw new ArgumentOutOfRangeException(nameof(fit), fit, "The fit is not known.");
        }
    }

    /// <summary>Where a part of a slice lies in an input of that size.</summary>
    /// <param name="sourceWidth">Columns of the slice.</param>
    /// <param name="sourceHeight">Rows of the slice.</param>
    /// <param name="region">The part, within the slice.</param>
    /// <param name="targetWidth">Columns of the input, at least 1.</param>
    /// <param name="targetHeight">Rows of the input, at least 1.</param>
    /// <param name="fit">How the part is fitted.</param>
    internal static CtPlacement Compute(int sourceWidth, int sourceHeight, CtRegion region, int targetWidth, int targetHeight, CtFit fit) =>
        Compute(region.Width, region.Height, targetWidth, targetHeight, fit) with { SourceWidth = sourceWidth, SourceHeight = sourceHeight, Region = region };

    /// <summary>The point of the input that shows a point of the slice.</summary>
    /// <param name="x">Column coordinate in the slice.</param>
    /// <param name="y">Row coordinate in the slice.</param>
    public (double X, double Y) ToTarget(double x, double y) => (((x - Region.X) * ScaleX) + OffsetX, ((y - Region.Y) * ScaleY) + OffsetY);

    /// <summary>The point of the slice that a point of the input shows; outside the shown part for points of the padding.</summary>
    /// <param name="x">Column coordinate in the input.</param>
    /// <param name="y">Row coordinate in the input.</param>
    public (double X, double Y) ToSource(double x, double y) => (((x - OffsetX) / ScaleX) + Region.X, ((y - OffsetY) / ScaleY) + Region.Y);
}
