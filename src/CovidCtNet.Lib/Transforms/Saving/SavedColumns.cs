namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>Columns that exist only between the parts of a saved step.</summary>
internal static class SavedColumns
{
    public const string Seed = "CovidCtNet.Seed";
    public const string Settings = "CovidCtNet.Settings";
    public const string Input = "CovidCtNet.Input";
    public const string Slice = "CovidCtNet.Slice";
    public const string Plane = "CovidCtNet.Plane";

    /// <summary>Input and output of the stock ONNX step, which names its columns as its graph does.</summary>
    public const string NetworkInput = "CovidCtNet.NetworkInput";
    public const string Logits = "CovidCtNet.Logits";
    public const string Score = "CovidCtNet.Score";
    public const string Probability = "CovidCtNet.Probability";
    public const string PredictedLabel = "CovidCtNet.PredictedLabel";
}
