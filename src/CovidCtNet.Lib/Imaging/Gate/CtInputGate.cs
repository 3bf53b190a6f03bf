using System.Globalization;
using CovidCtNet.Lib.Imaging.Gate;

namespace CovidCtNet.Lib.Imaging;

/// <summary>
/// Asks before judging: is this an axial chest-CT slice in a lung window, the right way up? Thirteen numbers and fixed limits, no network.
/// It cannot prove that a slice is one; it catches pictures that clearly are none.
/// </summary>
/// <remarks>
/// The limits refuse less than 1 % of one half of the scan groups of 2,104 public slices (SARS-CoV-2 CT-scan), and pictures that are none;
/// <c>docs/security.md</c> has the figures of the other half. A slice mirrored left for right is not recognised: lungs are nearly
/// symmetric, and a heart may lie on the right.
/// </remarks>
public static class CtInputGate
{
    private const double LowestContrast = 0.09;
    private const double HighestRoughness = 0.40;
    private const double LeastLung = 0.05;
    private const double LittleLung = 0.10;
    private const double MostBlackLung = 0.30;
    private const double LeastMiddle = 0.45;
    private const double TurnedMiddle = 0.19;
    private const double MaybeTurnedMiddle = 0.10;
    private const double LeastBalance = 0.30;
    private const double LeastTissue = 0.76;
    private const double LeastUpright = 0;

    /// <summary>Checks a slice.</summary>
    /// <param name="image">The slice.</param>
    /// <param name="window">The window of a slice in Hounsfield units; <see cref="CtWindow.Lung"/> if null.</param>
    public static CtGateResult Check(CtImage image, CtWindow? window = null)
    {
        ArgumentNullException.ThrowIfNull(image);
        var m = GateMeter.Measure(image, window ?? CtWindow.Lung);
        var reasons = new List<CtGateReason>();
        if (m.Contrast < LowestContrast)
        {
            Add(reasons, "no-contrast", true, $"The picture is nearly of one gray (contrast {m.Contrast:0.###}).");
            return new CtGateResult(reasons, m);
        }

        if (m.Roughness > HighestRoughness)
        {
            Add(reasons, "no-anatomy", true, $"Neighbouring pixels have little to do with each other (roughness {m.Roughness:0.##}): noise, text or a drawing.");
            return new CtGateResult(reasons, m);
        }

        CheckLungs(m, reasons);
        CheckPosition(m, reasons);
        return new CtGateResult(reasons, m);
    }

    private static void CheckLungs(CtGateMeasurements m, List<CtGateReason> reasons)
    {
        if (m.LungArea < LeastLung)
        {
            Add(reasons, "no-lung", true, $"Lung-like area is {m.LungArea:P1} of the picture: another part of the body, a localiser, or a slice above or below the lungs.");
            return;
        }

        if (m.LungArea < LittleLung)
        {
            Add(reasons, "little-lung", false, $"Lung-like area is {m.LungArea:P1} of the picture: a slice near the top or bottom of the lungs.");
        }

        if (m.BlackLung > MostBlackLung)
        {
            Add(reasons, "black-lung", true, $"{m.BlackLung:P0} of the lung-like area is black: a mediastinal window, not a lung window.");
        }
        else if (m.Tissue < LeastTissue)
        {
            Add(reasons, "dim-tissue", false, $"Tissue has an intensity of {m.Tissue:0.##}: another window, enhanced contrast or an inverted picture.");
        }

        if (m.LungBalance < LeastBalance)
        {
            Add(reasons, "one-lung", false, $"One half has {m.LungBalance:P0} of the other's lung-like area.");
        }
    }

    private static void CheckPosition(CtGateMeasurements m, List<CtGateReason> reasons)
    {
        if (m.MiddleColumn < LeastMiddle)
        {
            Add(reasons, "dark-middle", true, $"{m.MiddleColumn:P0} of the middle is bright, where mediastinum and spine should be: an inverted or turned picture, or no chest.");
        }
        else if (m.MiddleRow - m.MiddleColumn > TurnedMiddle)
        {
            Add(reasons, "turned", true, $"The bright middle lies across ({m.MiddleRow:P0} against {m.MiddleColumn:P0} upright): a picture turned by a quarter.");
        }
        else if (m.MiddleRow - m.MiddleColumn > MaybeTurnedMiddle)
        {
            Add(reasons, "maybe-turned", false, $"The bright middle lies rather across ({m.MiddleRow:P0} against {m.MiddleColumn:P0} upright).");
        }

        // Which side is up says nothing about a picture that is turned, or no chest.
        if (m.Upright < LeastUpright && !reasons.Any(r => r.Refuses))
        {
            Add(reasons, "maybe-upside-down", false, $"The back seems to be above ({m.Upright:0.#}; bone {m.BoneBelow:0.##}, density of the lungs {m.LungGradient:0.##}, table {m.Table:0.##}): the picture may be upside down.");
        }
    }

    private static void Add(List<CtGateReason> reasons, string code, bool refuses, FormattableString message)
        => reasons.Add(new CtGateReason(code, refuses, message.ToString(CultureInfo.InvariantCulture)));
}
