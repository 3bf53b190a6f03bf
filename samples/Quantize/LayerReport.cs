using System.Globalization;
using CovidCtNet.Lib.Quantization;

namespace CovidCtNet.Samples.Quantize;

/// <summary>What became of each layer.</summary>
internal static class LayerReport
{
    public static void Write(string path, IReadOnlyList<LayerError> layers)
    {
        var temporary = $"{path}.{Path.GetRandomFileName()}.tmp";
        try
        {
            File.WriteAllLines(temporary, layers.Select(Line).Prepend("layer,operator,precision,reason,signal_to_noise_db,logit_error"));
            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    public static void Summarise(TextWriter output, IReadOnlyList<LayerError> layers)
    {
        output.WriteLine($"{layers.Count(l => l.IsQuantized)} of {layers.Count} layers in 8 bits; in float: {string.Join(", ", layers.Where(l => !l.IsQuantized).GroupBy(l => l.Reason).Select(g => $"{g.Count()} ({g.Key})"))}");
        var worst = layers.Where(l => l.SignalToNoise is not null).OrderBy(l => l.SignalToNoise).Take(5);
        output.WriteLine("least signal to noise: " + string.Join(", ", worst.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Name} {l.SignalToNoise:F1} dB"))));
        var sensitive = layers.Where(l => l.LogitError is not null).OrderByDescending(l => l.LogitError).Take(5).ToList();
        if (sensitive.Count > 0)
        {
            output.WriteLine("most sensitive: " + string.Join(", ", sensitive.Select(l => string.Create(CultureInfo.InvariantCulture, $"{l.Name} {l.LogitError:F4}"))));
        }
    }

    private static string Line(LayerError layer) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Quoted(layer.Name)},{layer.OpType},{(layer.IsQuantized ? "int8" : "float32")},{Quoted(layer.Reason ?? "")},{layer.SignalToNoise:F2},{layer.LogitError:G4}");

    private static string Quoted(string field) => field.AsSpan().ContainsAny(",\"\r\n") ? $"\"{field.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : field;
}
