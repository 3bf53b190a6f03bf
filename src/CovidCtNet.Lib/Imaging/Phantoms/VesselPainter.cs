namespace CovidCtNet.Lib.Imaging.Phantoms;

/// <summary>Pulmonary vessels: trees that branch from each hilum towards the pleura, and the round cuts of vessels that cross the slice.</summary>
internal static class VesselPainter
{
    private const double Blood = 40;
    private const double Thinnest = 0.0034;

    public static void Paint(PhantomGrid grid, bool[] lung, double[] hounsfield, ChestAnatomy anatomy, PhantomRandom random)
    {
        foreach (var (hilum, side) in new[] { (anatomy.RightHilum, -1.0), (anatomy.LeftHilum, 1.0) })
        {
            // Trunks fan out from the hilum, from forward to backward.
            foreach (var t in (ReadOnlySpan<double>)[-0.70, -0.25, 0.12, 0.48, 0.85])
            {
                var direction = random.Turn(PhantomRandom.Rotate((side, 0), side * t), 0.12);
                Grow(grid, lung, hounsfield, anatomy, random, hilum, direction, random.Between(0.010, 0.019), 0);
            }
        }

        for (var i = 0; i < 150; i++)
        {
            var (x, y) = (random.Between(-0.8, 0.8), random.Between(-0.5, 0.5));
            var outward = Math.Sqrt(Math.Max(0, 1.05 - anatomy.Cavity(x, y)));
            var radius = 0.002 + (random.Between(0.001, 0.009) * outward);
            Segment(grid, lung, hounsfield, (x, y), (x, y), (radius, radius), random.Between(0.4, 1));
        }
    }

    private static void Grow(
        PhantomGrid grid,
        bool[] lung,
        double[] hounsfield,
        ChestAnatomy anatomy,
        PhantomRandom random,
        (double X, double Y) from,
        (double X, double Y) direction,
        double radius,
        int depth)
    {
        var inPlane = depth == 0 ? 1.0 : 0.7;
        while (radius > Thinnest && depth < 9)
        {
            var length = random.Between(0.05, 0.09);
            var (x, y) = (from.X + (direction.X * length), from.Y + (direction.Y * length));
            var thinner = radius * random.Between(0.78, 0.88);

            // A vessel leaves the thickness of the slice and comes back: only part of it, or none, is seen in each stretch.
            inPlane = Math.Clamp(inPlane + random.Between(-0.55, 0.42), -0.3, 1);
            if (inPlane > 0.1)
            {
                Segment(grid, lung, hounsfield, from, (x, y), (radius, thinner), inPlane);
            }

            if (anatomy.Cavity(x, y) > 0.94)
            {
                return;
            }

            if (random.Next() < 0.62)
            {
                var branch = PhantomRandom.Rotate(direction, (random.Next() < 0.5 ? -1 : 1) * random.Between(0.2, 0.48));
                Grow(grid, lung, hounsfield, anatomy, random, (x, y), branch, thinner * 0.78, depth + 1);
            }

            from = (x, y);
            direction = random.Turn(direction, 0.13);
            radius = thinner;
            depth++;
        }
    }

    /// <summary>A tapering capsule; it takes up a fraction of the pixels on its rim and of the slice, as thin vessels do in a scanner.</summary>
    private static void Segment(
        PhantomGrid grid, bool[] lung, double[] hounsfield, (double X, double Y) from, (double X, double Y) to, (double From, double To) radius, double inPlane)
    {
        var (left, top, right, bottom) = grid.Box(from.X, from.Y, to.X, to.Y, radius.From + grid.Pixel);
        var (dx, dy) = (to.X - from.X, to.Y - from.Y);
        var squared = (dx * dx) + (dy * dy);
        for (var row = top; row <= bottom; row++)
        {
            for (var column = left; column <= right; column++)
            {
                var i = (row * grid.Width) + column;
                if (!lung[i])
                {
                    continue;
                }

                var (px, py) = (grid.X(column) - from.X, grid.Y(row) - from.Y);
                var along = squared > 0 ? Math.Clamp(((px * dx) + (py * dy)) / squared, 0, 1) : 0;
                var (ex, ey) = (px - (along * dx), py - (along * dy));
                var inside = radius.From + ((radius.To - radius.From) * along) - Math.Sqrt((ex * ex) + (ey * ey));
                var share = inPlane * Math.Clamp((inside / grid.Pixel) + 0.5, 0, 1);
                hounsfield[i] = Math.Max(hounsfield[i], hounsfield[i] + (share * (Blood - hounsfield[i])));
            }
        }
    }
}
