using System.Buffers;
using System.Numerics.Tensors;

namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// Finds the box around the lungs of an axial slice that shows the whole body, so that slices of every field of view reach a network
/// at one scale. Rules only, no learning: a threshold, the largest bright body, the air inside it.
/// </summary>
public static class LungField
{
    // Longer side of the picture that is searched: lungs are large, and noise and vessels average out.
    private const int SearchSide = 128;

    // A slice whose border is mostly tissue has been cut to the body already.
    private const double DarkBorder = 0.6;

    // Around a body in air, all of the border but a table is dark. Lungs that were cut open leave ribs, spine and sternum on it.
    private const double AirBorder = 0.8;

    // The air inside the body must fill this share of the picture to be lungs; each part of it, that share of the picture and of the largest part.
    private const double LeastLungs = 0.02;
    private const double LeastPart = 0.003;
    private const double LeastOfLargest = 0.1;

    // Added on each side, as a share of the box.
    private const double Margin = 0.05;

    /// <summary>
    /// The box around the lungs with a margin of 5 %, symmetric about the body's midline so that a lung full of infection is kept. Where a body
    /// in air shows no lungs, or lungs that are open to that air because the slice was cut and framed anew: the box around the body.
    /// </summary>
    /// <param name="image">The slice.</param>
    /// <param name="window">Maps Hounsfield slices to intensity; gray slices do not use it.</param>
    /// <returns>The box, or null where the slice is already cut to the body, or nothing stands out from it.</returns>
    public static CtRegion? Find(CtImage image, CtWindow window)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(window);
        using var loan = new ShownPixels(image, window);
        return Find(loan.Values, loan.Unit, image.Width, image.Height);
    }

    /// <summary>As the public method, for values of which <paramref name="unit"/> is the intensity 1.</summary>
    internal static CtRegion? Find(ReadOnlySpan<float> values, float unit, int width, int height)
    {
        var scale = Math.Min(1, (double)SearchSide / Math.Max(width, height));
        var (w, h) = (Math.Max(1, (int)Math.Round(width * scale)), Math.Max(1, (int)Math.Round(height * scale)));
        using var bright = Bright(values, unit, width, height, w, h);
        var border = bright.BorderShare();
        if (border > 1 - DarkBorder)
        {
            return null;
        }

        using var body = bright.LargestPart();
        if (body is null)
        {
            return null;
        }

        using var holes = body.Holes();
        using var air = holes.Opened();
        using var lungs = air.Parts(Math.Max(LeastPart * w * h, 1), LeastOfLargest);
        var trunk = body.Bounds();
        var found = lungs is not null && lungs.Count >= LeastLungs * w * h;
        if (!found && border > 1 - AirBorder)
        {
            return null;
        }

        var (box, margin) = found ? (lungs!.Bounds(), Margin) : (trunk, 0);
        var middle = trunk.X + (trunk.Width / 2.0);
        var half = Math.Max(middle - box.X, box.X + box.Width - middle) * (1 + (2 * margin));
        var dy = margin * box.Height;

        // From the small picture back to pixels, outwards, within the slice.
        var (left, right) = (Math.Max(0, (int)Math.Floor((middle - half) * width / w)), Math.Min(width, (int)Math.Ceiling((middle + half) * width / w)));
        var (top, bottom) = (Math.Max(0, (int)Math.Floor((box.Y - dy) * height / h)), Math.Min(height, (int)Math.Ceiling((box.Y + box.Height + dy) * height / h)));
        return new CtRegion(left, top, right - left, bottom - top);
    }

    // The slice at the size of the search, above Otsu's threshold.
    private static BinaryMask Bright(ReadOnlySpan<float> values, float unit, int width, int height, int w, int h)
    {
        var rented = ArrayPool<float>.Shared.Rent(w * h);
        try
        {
            var small = rented.AsSpan(0, w * h);
            Resampler.Resize(values, width, height, small, w, w, h);
            TensorPrimitives.Divide(small, unit, small);
            var threshold = BinaryMask.OtsuThreshold(small);
            var bright = new BinaryMask(w, h);
            var bits = bright.Bits;
            for (var i = 0; i < bits.Length; i++)
            {
                bits[i] = small[i] > threshold;
            }

            return bright;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }
}
