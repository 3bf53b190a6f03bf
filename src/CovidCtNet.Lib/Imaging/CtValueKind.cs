namespace CovidCtNet.Lib.Imaging;

/// <summary>What the numbers of a <see cref="CtImage"/> mean.</summary>
public enum CtValueKind
{
    /// <summary>Gray values of an 8-bit picture, 0 to 255, already windowed by whoever made it.</summary>
    Gray8,

    /// <summary>Gray values of a 16-bit picture, 0 to <see cref="CtImage.MaximumValue"/>, already windowed by whoever made it.</summary>
    Gray16,

    /// <summary>Hounsfield units: air -1000, water 0. A <see cref="CtWindow"/> maps them to intensity.</summary>
    Hounsfield,
}
