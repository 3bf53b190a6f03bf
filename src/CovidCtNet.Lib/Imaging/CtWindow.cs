using System.Text.Json.Serialization;

namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// A display window in Hounsfield units: values from <see cref="Lower"/> to <see cref="Upper"/> map linearly to intensity 0 to 1,
/// values outside are clamped.
/// </summary>
/// <remarks>
/// This is the LINEAR_EXACT function of DICOM PS3.3 C.11.2.1.3.2, y = (x - c) / w + 0.5. The plain LINEAR function differs from it
/// by half a unit in the centre and one in the width, which is meant for integer output.
/// </remarks>
public sealed record CtWindow
{
    /// <summary>Creates a window.</summary>
    /// <param name="center">Middle of the window in HU; finite.</param>
    /// <param name="width">Width of the window in HU; finite and above zero.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is outside its range.</exception>
    [JsonConstructor]
    public CtWindow(double center, double width)
    {
        if (!double.IsFinite(center))
        {
            throw new ArgumentOutOfRangeException(nameof(center), center, "The centre of a CT window must be a finite number of HU.");
        }

        if (!(double.IsFinite(width) && width > 0))
        {
            throw new ArgumentOutOfRangeException(nameof(width), width, "The width of a CT window must be a finite number of HU above zero.");
        }

        Center = center;
        Width = width;
    }

    /// <summary>The usual lung window: centre -600 HU, width 1500 HU (-1350 to 150).</summary>
    public static CtWindow Lung { get; } = new(-600, 1500);

    /// <summary>The usual mediastinal (soft tissue) window: centre 40 HU, width 400 HU (-160 to 240).</summary>
    public static CtWindow Mediastinum { get; } = new(40, 400);

    /// <summary>Middle of the window in HU.</summary>
    public double Center { get; }

    /// <summary>Width of the window in HU, above zero.</summary>
    public double Width { get; }

    /// <summary>The HU value shown as intensity 0.</summary>
    [JsonIgnore]
    public double Lower => Center - (Width / 2);

    /// <summary>The HU value shown as intensity 1.</summary>
    [JsonIgnore]
    public double Upper => Center + (Width / 2);

    /// <summary>Intensity in [0, 1] of a value in HU.</summary>
    /// <param name="hounsfield">The value in HU.</param>
    public float ToIntensity(float hounsfield)
        => (float)Math.Clamp(((hounsfield - Center) / Width) + 0.5, 0, 1);
}
