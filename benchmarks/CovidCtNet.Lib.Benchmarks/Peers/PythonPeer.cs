using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace CovidCtNet.Lib.Benchmarks.Peers;

/// <summary>PyTorch in a process of its own, which works when it is asked and waits otherwise.</summary>
internal sealed class PythonPeer : IDisposable
{
    private readonly Process _process;

    /// <exception cref="InvalidOperationException">Python, PyTorch or the onnx package is missing.</exception>
    public PythonPeer(string python, string model, string slices, int side, string target, int threads)
    {
        var start = new ProcessStartInfo(python) { RedirectStandardInput = true, RedirectStandardOutput = true };
        foreach (var argument in (string[])[
            Path.Combine(AppContext.BaseDirectory, "torch_peer.py"), model, slices,
            side.ToString(CultureInfo.InvariantCulture), target, threads.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        Version = Read().GetProperty("torch").GetString()!;
    }

    public string Version { get; }

    public double[] Numbers(string what)
        => [.. Ask(new { @do = what }).GetProperty(what).EnumerateArray().Select(v => v.GetDouble())];

    /// <summary>Seconds of the best of some runs.</summary>
    public double Time(string way, int batch, int runs) => Ask(new { @do = "time", way, batch, runs }).GetProperty("seconds").GetDouble();

    /// <summary>Prepares files with Pillow: the seconds of all, and the values of the first if they are asked for.</summary>
    public (double Seconds, double[] Values) Prepare(PreparationFiles files, string way, bool values)
    {
        var answer = Ask(files.Request(way, values));
        return (answer.GetProperty("seconds").GetDouble(), [.. answer.GetProperty("values").EnumerateArray().Select(v => v.GetDouble())]);
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        if (!_process.WaitForExit(5000))
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private JsonElement Ask(object command)
    {
        _process.StandardInput.WriteLine(JsonSerializer.Serialize(command));
        _process.StandardInput.Flush();
        return Read();
    }

    private JsonElement Read() => _process.StandardOutput.ReadLine() is { } line
        ? JsonDocument.Parse(line).RootElement
        : throw new InvalidOperationException("The Python peer ended. It needs python3-torch, python3-onnx, python3-numpy and python3-pil (apt-get install them); its message is above.");
}
