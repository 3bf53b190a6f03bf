namespace CovidCtNet.Lib.Benchmarks.Peers;

/// <summary>What is compared, and for how long.</summary>
/// <param name="ModelPath">A float32 model; null for the default model.</param>
/// <param name="Width">Width of an untrained network in place of a model; null for none.</param>
/// <param name="Size">Side of its input.</param>
/// <param name="Turns">Turns of each.</param>
/// <param name="Threads">Threads of everyone. One is the steadier comparison on a machine that does other work as well.</param>
/// <param name="Python">The interpreter.</param>
internal sealed record PeerOptions(string? ModelPath, double? Width, int Size, int Turns, int Threads, string Python)
{
    /// <summary>Reads "peers [model.onnx] [--width w] [--size s] [--turns n] [--threads n] [--python path]".</summary>
    public static PeerOptions Parse(string[] arguments)
    {
        var options = new PeerOptions(null, null, 224, 15, Environment.ProcessorCount, "/usr/bin/python3");
        for (var i = 1; i < arguments.Length; i++)
        {
            string Next() => ++i < arguments.Length ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} needs a value.");
            options = arguments[i] switch
            {
                "--width" => options with { Width = double.Parse(Next(), System.Globalization.CultureInfo.InvariantCulture) },
                "--size" => options with { Size = int.Parse(Next(), System.Globalization.CultureInfo.InvariantCulture) },
                "--turns" => options with { Turns = int.Parse(Next(), System.Globalization.CultureInfo.InvariantCulture) },
                "--threads" => options with { Threads = int.Parse(Next(), System.Globalization.CultureInfo.InvariantCulture) },
                "--python" => options with { Python = Next() },
                var path => options with { ModelPath = path },
            };
        }

        return options;
    }
}
