using System.Globalization;

namespace CovidCtNet.Lib.Inference;

/// <summary>Values as ONNX Runtime's providers read them.</summary>
internal static class ProviderSetting
{
    public static string Of(bool value) => value ? "1" : "0";

    public static string Of(long value) => value.ToString(CultureInfo.InvariantCulture);
}
