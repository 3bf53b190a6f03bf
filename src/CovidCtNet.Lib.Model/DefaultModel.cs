namespace CovidCtNet.Lib.Model;

/// <summary>The trained default model, ONNX files inside this assembly.</summary>
public static class DefaultModel
{
    private const string FloatName = "covid-ct.onnx";
    private const string Int8Name = "covid-ct.int8.onnx";

    /// <summary>Opens the float32 ONNX file for reading. It carries its own preprocessing, threshold, calibration and provenance.</summary>
    /// <exception cref="InvalidOperationException">This assembly was built from a source tree without the trained file.</exception>
    public static Stream OpenRead() => Open(FloatName);

    /// <summary>Opens the 8-bit ONNX file, made of the float32 one: smaller and faster; its contract says how it compares.</summary>
    /// <exception cref="InvalidOperationException">This assembly was built from a source tree without the quantised file.</exception>
    public static Stream OpenInt8() => Open(Int8Name);

    private static Stream Open(string name)
        => typeof(DefaultModel).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException(
                $"This build of CovidCtNet.Lib.Model holds no {name}: put the file into its source folder and build it again.");
}
