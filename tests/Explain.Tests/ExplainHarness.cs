using CovidCtNet.Lib.Tests.Inference;
using CovidCtNet.Samples.Classify.Tests;
using Spectre.Console;

namespace CovidCtNet.Samples.Explain.Tests;

/// <summary>Runs the command as a user does, in a folder that goes with the test.</summary>
internal sealed class ExplainHarness : IDisposable
{
    private const int Side = 20;
    private readonly TemporaryFolder _folder = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();

    /// <summary>A classifier exported by PyTorch: 3 channels, 37 x 37, five classes, several outputs, no contract.</summary>
    public static string PyTorchModel => Path.Combine(AppContext.BaseDirectory, "Models", "squeezenet.onnx");

    /// <summary>What has been printed in all runs.</summary>
    public string Output => _output.ToString();

    /// <summary>What has been reported in all runs.</summary>
    public string Errors => _errors.ToString();

    /// <summary>A path below the folder.</summary>
    public string At(string name) => Path.Combine(_folder.Path, name);

    public string Write(string name, byte[] bytes) => _folder.Write(name, bytes);

    public string Folder(string name) => Directory.CreateDirectory(At(name)).FullName;

    /// <summary>A tiny model with a contract.</summary>
    public string ContractModel()
    {
        var graph = TestModels.MeanGraph();
        return Write("contract.onnx", TestModels.Bytes(graph, TestModels.Contract(graph)));
    }

    /// <summary>A slice of 20 x 20, or of another width.</summary>
    public string Slice(string name, int width = Side)
    {
        var random = new Random(name.Length);
        return Save(name, width, _ => (byte)random.Next(256));
    }

    /// <summary>Slices of 20 x 20.</summary>
    public void Slices(params string[] names) => Array.ForEach(names, name => Slice(name));

    /// <summary>A mask of 20 x 20 whose first rows are marked.</summary>
    public string Mask(string name, int rows) => Save(name, Side, i => i < rows * Side ? (byte)255 : (byte)0);

    public async Task<int> Run(params string[] args)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(_output) });
        console.Profile.Width = 500;
        var configuration = new System.CommandLine.InvocationConfiguration { Output = TextWriter.Null, Error = _errors };
        return await new ExplainCommand(console, _errors).Parse(args).InvokeAsync(configuration, TestContext.Current.CancellationToken);
    }

    /// <summary>Runs over files with the model of PyTorch into a folder <c>out</c>.</summary>
    public Task<int> Explain(params string[] args) => Run(["--model", PyTorchModel, "--scores", "logits", "--out", At("out"), .. args]);

    /// <summary>The rows of the table of maps, cell by cell, without the header.</summary>
    public string[][] Rows() => [.. File.ReadAllLines(At("out/maps.csv")).Skip(1).Select(row => row.Split(','))];

    public void Dispose() => _folder.Dispose();

    private string Save(string name, int width, Func<int, byte> pixel)
    {
        var path = At(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        Lib.Imaging.CtImage.FromGray8([.. Enumerable.Range(0, width * Side).Select(pixel)], width, Side, name).SavePng(path);
        return path;
    }
}
