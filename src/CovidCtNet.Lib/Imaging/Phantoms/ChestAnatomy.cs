namespace CovidCtNet.Lib.Imaging.Phantoms;

/// <summary>The organs of one made-up chest and their attenuation in HU, after the usual textbook ranges.</summary>
internal sealed class ChestAnatomy
{
    private const double Air = -1000;
    private const double Fat = -100;
    private const double Muscle = 55;
    private const double Blood = 42;
    private const double Marrow = 180;
    private const double Cortex = 620;

    private readonly double _wide;
    private readonly double _deep;
    private readonly double _fat;
    private readonly double _parenchyma;
    private readonly double _midline;
    private readonly Ellipse _heart;
    private readonly Ellipse _vessels;
    private readonly Ellipse _aorta;
    private readonly Ellipse _vertebra;
    private readonly Ellipse _canal;
    private readonly Ellipse _sternum;
    private readonly Ellipse[] _airways;
    private readonly Ellipse[] _bones;

    public ChestAnatomy(PhantomRandom random)
    {
        _wide = random.Between(0.87, 0.95);
        _deep = random.Between(0.60, 0.67);
        _fat = random.Between(0.05, 0.14);
        _parenchyma = random.Between(-880, -835);
        _midline = random.Between(0.085, 0.115);

        // The heart lies to the patient's left, the right side of the picture; its size also stands for the level of the slice.
        var size = random.Between(0.85, 1.12);
        _heart = new Ellipse(random.Between(0.07, 0.13), -0.10 * _deep / 0.63, 0.27 * size, 0.20 * size, 0.94, 0.34117444218463966);
        _vessels = new Ellipse(0, 0.02, 0.16, 0.17);
        _aorta = new Ellipse(random.Between(0.10, 0.13), 0.20, 0.062, 0.062);
        _vertebra = new Ellipse(0, 0.315, 0.125, 0.098);
        _canal = new Ellipse(0, 0.44, 0.048, 0.042);
        _sternum = new Ellipse(0, -(_deep * 0.86), 0.13, 0.032);
        _airways =
        [
            new Ellipse(-0.075, 0.075, 0.042, 0.034, 0.8, 0.6),
            new Ellipse(0.065, 0.085, 0.036, 0.032, 0.8, -0.6),
        ];
        _bones = [.. MakeBones(random)];
        RightHilum = (-0.16, 0.05);
        LeftHilum = (0.19, 0.07);
    }

    public (double X, double Y) RightHilum { get; }

    public (double X, double Y) LeftHilum { get; }

    /// <summary>0 in the middle of the thorax, 1 at the inner chest wall.</summary>
    public double Cavity(double x, double y) => Rounded(x / (_wide * 0.80), (y - 0.005) / (_deep * 0.775));

    /// <summary>Writes the attenuation of every pixel but for vessels and opacities, and marks the lungs.</summary>
    public void Paint(PhantomGrid grid, ValueNoise texture, double[] hounsfield, bool[] lung)
    {
        for (var row = 0; row < grid.Height; row++)
        {
            var y = grid.Y(row);
            for (var column = 0; column < grid.Width; column++)
            {
                var x = grid.X(column);
                var i = (row * grid.Width) + column;
                lung[i] = IsLung(x, y);
                hounsfield[i] = lung[i] ? Parenchyma(x, y, texture) : Tissue(x, y, texture);
            }
        }
    }

    /// <summary>A squarish oval: the last term fills the corners of an ellipse.</summary>
    private static double Rounded(double x, double y)
    {
        var (a, b) = (x * x, y * y);
        return a + b - (0.32 * a * b);
    }

    private bool IsLung(double x, double y)
    {
        // The mediastinum widens towards the spine; the heart and the great vessels bulge into the lungs.
        var middle = _midline + (0.06 * y * y / 0.25);
        return Cavity(x, y) < 1
            && Math.Abs(x) > middle
            && _heart.At(x, y) > 1.12
            && _vessels.At(x, y) > 1
            && _aorta.At(x, y) > 1.25
            && _vertebra.At(x, y) > 1.75
            && Math.Abs(x) + Math.Abs(y + (_deep * 0.70)) > 0.17;
    }

    private double Parenchyma(double x, double y, ValueNoise texture)
    {
        // Blood sinks: the back of a lying patient's lungs is denser by some 50 HU.
        var dependent = 45 * (y / 0.5);
        var pleura = Cavity(x, y) > 0.985 ? 90 : 0;
        return _parenchyma + dependent + (22 * texture.At(x, y, 9)) + (16 * texture.At(x + 5, y, 26)) + pleura;
    }

    private double Tissue(double x, double y, ValueNoise texture)
    {
        var body = Rounded(x / _wide, y / _deep);
        if (body > 1)
        {
            return IsTable(x, y) ? -340 : Air;
        }

        foreach (var airway in _airways)
        {
            var at = airway.At(x, y);
            if (at < 1.35)
            {
                return at < 1 ? -980 : 10;
            }
        }

        if (Bone(x, y) is { } bone)
        {
            return bone + (40 * texture.At(x, y, 30));
        }

        var grain = 8 * texture.At(x, y, 14);
        if (body > 0.985)
        {
            return 20 + grain;
        }

        if (body > 1 - _fat - (0.04 * texture.At(x, y, 3)))
        {
            return Fat + grain;
        }

        if (Cavity(x, y) > 1)
        {
            // Muscle in sheets: fat shows between them.
            return texture.At(x + 9, y - 4, 7) > 0.42 ? Fat + 40 : Muscle + grain;
        }

        if (_heart.At(x, y) < 1 || _aorta.At(x, y) < 1 || _vessels.At(x, y) < 0.75)
        {
            return Blood + grain;
        }

        return _vertebra.At(x, y) > 1.5 && texture.At(x, y + 7, 10) > -0.1 ? Fat + 25 + grain : 30 + grain;
    }

    private bool IsTable(double x, double y)
    {
        var depth = y - (_deep + 0.045 - (0.10 * x * x));
        return Math.Abs(x) < 0.78 && depth is > 0 and < 0.014;
    }

    private double? Bone(double x, double y)
    {
        var canal = _canal.At(x, y);
        if (canal < 1)
        {
            return 25;
        }

        if (canal < 2.1)
        {
            return Cortex * 0.8;
        }

        foreach (var bone in _bones)
        {
            var at = bone.At(x, y);
            if (at < 1)
            {
                return at > 0.62 ? Cortex : Marrow;
            }
        }

        return null;
    }

    private IEnumerable<Ellipse> MakeBones(PhantomRandom random)
    {
        yield return _vertebra;
        yield return _sternum;

        // Spinous and transverse processes.
        yield return new Ellipse(0, 0.525, 0.055, 0.020, 0, 1);
        yield return new Ellipse(-0.125, 0.435, 0.085, 0.022, 0.9284766908852593, -0.3713906763541037);
        yield return new Ellipse(0.125, 0.435, 0.085, 0.022, 0.9284766908852593, 0.3713906763541037);

        // Shoulder blades, in the muscle of the back.
        yield return new Ellipse(-_wide * 0.64, _deep * 0.70, 0.15, 0.017, 0.8, -0.6);
        yield return new Ellipse(_wide * 0.64, _deep * 0.70, 0.15, 0.017, 0.8, 0.6);

        // Ribs lie along the chest wall. Points and tangents of its oval by the half-angle, without sine and cosine.
        double[] halfTangents = [-0.86, -0.56, -0.30, -0.06, 0.18, 0.44, 0.74, 1.1];
        foreach (var side in new[] { -1, 1 })
        {
            foreach (var halfTangent in halfTangents)
            {
                var t = halfTangent + random.Between(-0.05, 0.05);
                var (cos, sin) = ((1 - (t * t)) / (1 + (t * t)), 2 * t / (1 + (t * t)));
                var (a, b) = (_wide * 0.855, _deep * 0.845);

                // The oval is fuller than an ellipse at its corners: move outwards until the filled one is met.
                var fuller = 1 + (0.11 * 4 * cos * cos * sin * sin);
                var (tangentX, tangentY) = (-a * sin, b * cos);
                var length = Math.Sqrt((tangentX * tangentX) + (tangentY * tangentY));
                yield return new Ellipse(
                    side * a * cos * fuller, b * sin * fuller, random.Between(0.05, 0.095), 0.021, side * tangentX / length, tangentY / length);
            }
        }
    }
}
