namespace CovidCtNet.Lib.Imaging;

/// <summary>What an application does with the verdict of the input gate.</summary>
public enum CtGateMode
{
    /// <summary>Slices are not checked.</summary>
    Off,

    /// <summary>Slices are checked and judged whatever the verdict, which stands beside the result.</summary>
    Warn,

    /// <summary>Refused slices are not judged.</summary>
    Enforce,
}
