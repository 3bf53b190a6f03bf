namespace CovidCtNet.Samples.Evaluate;

/// <summary>The calibration to fit on the validation scores.</summary>
internal enum CalibrationKind
{
    None,
    Temperature,
    Platt,
    Isotonic,
}
