namespace CovidCtNet.Lib.Explanation.Annotations;

/// <summary>A corner of a polygon. Coordinates are continuous: pixel i covers [i, i + 1), its centre is i + 0.5.</summary>
/// <param name="X">Column coordinate.</param>
/// <param name="Y">Row coordinate.</param>
public readonly record struct AnnotationPoint(double X, double Y);
