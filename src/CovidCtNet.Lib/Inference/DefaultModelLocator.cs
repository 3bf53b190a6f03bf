using System.Reflection;

namespace CovidCtNet.Lib.Inference;

/// <summary>
/// Finds the default model in its own assembly by name at run time, so that applications which bring their own model do not carry it.
/// </summary>
internal static class DefaultModelLocator
{
    public const string AssemblyName = "CovidCtNet.Lib.Model";
    private const string Cure = "Add the package CovidCtNet.Lib.Model to the application, or load a file with CovidCtModel.Load";

    /// <exception cref="CovidCtDefaultModelException">The assembly or the model in it is missing.</exception>
    public static Stream Open(ModelPrecision precision, string assemblyName = AssemblyName)
    {
        var method = precision switch
        {
            ModelPrecision.Float32 => "OpenRead",
            ModelPrecision.Int8 => "OpenInt8",
            _ => throw new CovidCtDefaultModelException(
                "The default model", $"is not shipped in {precision}", "Convert it with samples/Quantize --precision float16, and load the file"),
        };
        Assembly assembly;
        try
        {
            assembly = Assembly.Load(new AssemblyName(assemblyName));
        }
        catch (Exception e) when (e is FileNotFoundException or FileLoadException or BadImageFormatException)
        {
            throw new CovidCtDefaultModelException("The default model", $"is not installed: there is no assembly {assemblyName}", Cure, e);
        }

        var open = assembly.GetType($"{assemblyName}.DefaultModel")?.GetMethod(method, BindingFlags.Public | BindingFlags.Static, []);
        if (open is null)
        {
            throw new CovidCtDefaultModelException("The default model", $"is not in assembly {assemblyName}: it has no DefaultModel.{method}", Cure);
        }

        try
        {
            return open.CreateDelegate<Func<Stream>>()();
        }
        catch (Exception e) when (e is InvalidOperationException or IOException)
        {
            throw new CovidCtDefaultModelException("The default model", $"cannot be opened ({e.Message.TrimEnd('.')})", Cure, e);
        }
    }
}
