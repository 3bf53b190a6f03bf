namespace CovidCtNet.Lib.Imaging.Phantoms;

/// <summary>
/// Hazy patches that raise the attenuation of the lung without hiding its vessels, mostly at the back and near the pleura, where
/// ground-glass opacities of COVID-19 are described; some are denser in the middle.
/// </summary>
internal static class OpacityPainter
{
    /// <summary>The share of its full density that a patch has at its rim, so that the mask is what can be seen.</summary>
    private const double Rim = 0.45;

    public static bool[] Paint(
        PhantomGrid grid, bool[] lung, double[] hounsfield, int count, ChestAnatomy anatomy, PhantomRandom random, ValueNoise noise)
    {
        var mask = new bool[grid.Count];
        for (var patch = 0; patch < count; patch++)
        {
            var (x, y) = Place(grid, lung, anatomy, random);
            var (a, b) = (random.Between(0.07, 0.17), random.Between(0.055, 0.11));
            var axis = PhantomRandom.Rotate((1, 0), random.Between(-1, 1));
            var density = random.Between(220, 380);
            var core = random.Next() < 0.35 ? random.Between(150, 320) : 0;
            PaintPatch(grid, lung, hounsfield, mask, new Ellipse(x, y, a, b, axis.X, axis.Y), density, core, noise);
        }

        return mask;
    }

    private static (double X, double Y) Place(PhantomGrid grid, bool[] lung, ChestAnatomy anatomy, PhantomRandom random)
    {
        // A place is taken with a chance that grows towards the pleura and the back; after enough tries any lung will do.
        (double X, double Y) last = (-0.45, 0.1);
        for (var attempt = 0; attempt < 400; attempt++)
        {
            var (column, row) = ((int)(random.Next() * grid.Width), (int)(random.Next() * grid.Height));
            var taken = random.Next();
            if (!lung[(row * grid.Width) + column])
            {
                continue;
            }

            last = (grid.X(column), grid.Y(row));
            var chance = (0.15 + (0.6 * Math.Max(0, anatomy.Cavity(last.X, last.Y)))) * (last.Y > -0.05 ? 1 : 0.35);
            if (taken < chance)
            {
                return last;
            }
        }

        return last;
    }

    private static void PaintPatch(
        PhantomGrid grid, bool[] lung, double[] hounsfield, bool[] mask, Ellipse shape, double density, double core, ValueNoise noise)
    {
        var (left, top, right, bottom) = grid.Box(shape.X, shape.Y, shape.X, shape.Y, Math.Max(shape.A, shape.B) * 1.7);
        for (var row = top; row <= bottom; row++)
        {
            for (var column = left; column <= right; column++)
            {
                var i = (row * grid.Width) + column;
                var (x, y) = (grid.X(column), grid.Y(row));
                var depth = 1 - shape.At(x, y) + (0.75 * noise.At(x, y, 13));
                if (!lung[i] || depth <= 0)
                {
                    continue;
                }

                var full = Math.Min(1, depth / 0.7);
                var rise = density * (Rim + ((1 - Rim) * full)) * (1 + (0.18 * noise.At(x - 3, y + 8, 34)));
                if (depth > 0.75)
                {
                    rise += core * Math.Min(1, (depth - 0.75) / 0.3);
                }

                // Where patches meet they do not add up: the lung cannot get denser than tissue.
                hounsfield[i] = Math.Min(20, mask[i] ? Math.Max(hounsfield[i], hounsfield[i] + (0.35 * rise)) : hounsfield[i] + rise);
                mask[i] = true;
            }
        }
    }
}
