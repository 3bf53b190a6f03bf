namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Which step was saved.</summary>
internal enum SavedStepKind
{
    Loading,
    Preprocessing,
    Scoring,
}
