namespace CovidCtNet.Lib.Imaging;

/// <summary>What a <see cref="CtPhantom"/> shows.</summary>
public sealed record CtPhantomOptions
{
    /// <summary>The options used where none are given: 384 x 288 pixels, no opacities, noise of 18 HU.</summary>
    public static CtPhantomOptions Default { get; } = new();

    /// <summary>Columns, 64 to 2,048. Default: 384.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Width { get; init => field = CheckedSide(value); } = 384;

    /// <summary>Rows, 64 to 2,048. Default: 288. The chest is fitted into three quarters of the width, or into the height.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Height { get; init => field = CheckedSide(value); } = 288;

    /// <summary>How many ground-glass-like opacities the lungs hold, 0 to 12. Default: 0.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public int Opacities
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 12);
            field = value;
        }
    }

    /// <summary>Standard deviation of the image noise in HU, 0 to 200. Default: 18.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is outside its range.</exception>
    public double Noise
    {
        get;
        init
        {
            if (!(value is >= 0 and <= 200))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "The noise is 0 to 200 HU.");
            }

            field = value;
        }
    } = 18;

    private static int CheckedSide(int value)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 2048);
        return value;
    }
}
