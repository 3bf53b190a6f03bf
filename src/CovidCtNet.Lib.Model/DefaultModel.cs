namespace CovidCtNet.Lib.Model;

/// <summary>The trained default model, an ONNX file inside this assembly.</summary>
public static class DefaultModel
{
    private const string ResourceName = "covid-ct.onnx";

    /// <summary>Opens the ONNX file for reading. It carries its own preprocessing, threshold, calibration and provenance.</summary>
    /// <exception cref="InvalidOperationException">This assembly was built from a source tree without the trained file.</exception>
    public static Stream OpenRead()
        => typeof(DefaultModel).Assembly.GetManifestResourceStream(ResourceName)
            ?? throw new InvalidOperationException(
                $"This build of CovidCtNet.Lib.Model holds no {ResourceName}: put the trained file into its source folder and build it again.");
}
