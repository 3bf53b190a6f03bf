namespace CovidCtNet.Lib.Training.Audit;

/// <summary>Two slices that the search found alike, the lower index first.</summary>
internal readonly record struct NearDuplicate(int First, int Second, LeakageKind Kind, float Correlation, float Detail);
