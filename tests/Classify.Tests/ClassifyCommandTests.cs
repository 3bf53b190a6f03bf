using System.Text;
using CovidCtNet.Lib.Tests.Inference;
using Spectre.Console;

namespace CovidCtNet.Samples.Classify.Tests;

/// <summary>The whole command, as a user runs it: exit codes, what is named, what is written.</summary>
public sealed class ClassifyCommandTests : IDisposable
{
    private readonly TemporaryFolder _slices = new();
    private readonly TemporaryFolder _work = new();
    private readonly StringWriter _output = new();
    private readonly StringWriter _errors = new();
    private readonly string _model;

    public ClassifyCommandTests()
    {
        var graph = TestModels.MeanGraph();
        _model = _work.Write("model.onnx", TestModels.Bytes(graph, TestModels.Contract(graph)));
        for (var i = 0; i < 5; i++)
        {
            TestModels.Flat((byte)(60 * i)).SavePng(Path.Combine(_slices.Path, $"slice {i}.png"));
        }
    }

    public void Dispose()
    {
        _slices.Dispose();
        _work.Dispose();
    }

    [Fact]
    public async Task Good_slices_end_with_0_and_a_line_for_each()
    {
        Assert.Equal(0, await Run(_slices.Path, "--model", _model, "--batch", "2", "--gate", "off"));
        var text = _output.ToString();
        Assert.Contains("not a medical device", text, StringComparison.Ordinal);
        Assert.Contains("5 classified (2 non-COVID, 3 COVID), 0 unreadable.", text, StringComparison.Ordinal);
        Assert.Equal(5, text.Split('\n').Count(l => l.Contains('\t', StringComparison.Ordinal)));
        Assert.DoesNotContain('\u001b', text);
        Assert.Empty(_errors.ToString());
    }

    [Fact]
    public async Task Pictures_that_are_no_chest_ct_are_judged_with_a_warning_or_left_out()
    {
        Assert.Equal(0, await Run(_slices.Path, "--model", _model));
        Assert.Equal(5, _errors.ToString().Split('\n').Count(l => l.StartsWith("Warning: ", StringComparison.Ordinal) && l.Contains("no axial chest CT", StringComparison.Ordinal)));
        Assert.Contains("5 classified", _output.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await Run(_slices.Path, "--model", _model, "--gate", "enforce"));
        Assert.Contains("0 classified, 5 unreadable.", _output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ill_files_are_named_the_others_done_and_the_end_is_2()
    {
        var good = File.ReadAllBytes(Path.Combine(_slices.Path, "slice 3.png"));
        var corrupt = (byte[])good.Clone();
        corrupt[45] ^= 0xFF;
        var huge = (byte[])good.Clone();
        huge[16] = 0x7F;
        string[] ill =
        [
            _slices.Write("cut.png", good[..^20]), _slices.Write("corrupt.png", corrupt), _slices.Write("empty.png", []),
            _slices.Write("notes.txt", "just text"u8.ToArray()), _slices.Write("sub/huge.png", huge),
        ];
        var csv = Path.Combine(_work.Path, "results.csv");

        Assert.Equal(2, await Run(_slices.Path, Path.Combine(_slices.Path, "missing.png"), "--model", _model, "--out", csv, "--gate", "off"));

        var lines = _errors.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(6, lines.Length);
        Assert.All(ill, path => Assert.Single(lines, l => l.StartsWith($"Unreadable: {path}: ", StringComparison.Ordinal)));
        Assert.Single(lines, l => l.Contains("missing.png: does not exist", StringComparison.Ordinal));
        Assert.Contains("5 classified (2 non-COVID, 3 COVID), 6 unreadable.", _output.ToString(), StringComparison.Ordinal);

        var rows = File.ReadAllText(csv).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("path,probability,logit,label,threshold", rows[0]);
        Assert.Equal(Enumerable.Range(0, 5).Select(i => Path.Combine(_slices.Path, $"slice {i}.png")), rows[1..].Select(r => r.Split(',')[0]));
        Assert.EndsWith(",non-COVID,0.6", rows[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Wrong_arguments_and_models_end_with_1_and_say_why()
    {
        Assert.Equal(1, await Run(_slices.Path, "--model", Path.Combine(_work.Path, "none.onnx")));
        Assert.Contains("none.onnx", _errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(1, await Run(_slices.Path, "--model", _work.Write("bad.onnx", "text"u8.ToArray())));
        Assert.Equal(1, await Run(_slices.Path, "--model", _model, "--batch", "0"));
        Assert.Equal(1, await Run(_slices.Path, "--model", _model, "--batch", "many"));
        Assert.Equal(1, await Run(_slices.Path, "--model", _model, "--provider", "abacus"));
        Assert.Equal(1, await Run(_slices.Path, "--model", _model, "--no-such-option"));
        Assert.Equal(1, await Run(_slices.Path, "--model", _model, "--out", Path.Combine(_work.Path, "no", "such", "folder", "r.csv")));
        Assert.Equal(1, await Run(_slices.Path, "--model", _model, "--out", _work.Path));
        Assert.Equal(1, await Run(Directory.CreateDirectory(Path.Combine(_work.Path, "nothing")).FullName, "--model", _model));
    }

    [Fact]
    public async Task Cancelled_run_ends_with_130_and_leaves_no_csv()
    {
        var csv = Path.Combine(_work.Path, "results.csv");
        Assert.Equal(130, await Run(new AnsiConsoleOutput(_output), [_slices.Path, "--model", _model, "--out", csv], new CancellationToken(canceled: true)));
        Assert.Equal(["model.onnx"], _work.Entries());
    }

    [Fact]
    public async Task Terminal_gets_a_table()
    {
        var code = await Run(new Terminal(_output), [_slices.Path, "--model", _model], TestContext.Current.CancellationToken);
        Assert.Equal(0, code);
        Assert.Contains("Probability", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("slice 4.png", _output.ToString().Replace("\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_arguments_phantoms_are_classified_and_removed()
    {
        Assert.Equal(0, await Run("--model", _model));
        Assert.Contains("6 classified", _output.ToString(), StringComparison.Ordinal);
        Assert.Contains("synthetic", _output.ToString(), StringComparison.Ordinal);
        var path = _output.ToString().Split('\n').First(l => l.Contains('\t', StringComparison.Ordinal)).Split('\t')[0];
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    private Task<int> Run(params string[] args) => Run(new AnsiConsoleOutput(_output), args, TestContext.Current.CancellationToken);

    private Task<int> Run(IAnsiConsoleOutput output, string[] args, CancellationToken cancellationToken)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = output });
        var configuration = new System.CommandLine.InvocationConfiguration { Output = TextWriter.Null, Error = TextWriter.Null };
        return new ClassifyCommand(console, _errors).Parse(args).InvokeAsync(configuration, cancellationToken);
    }

    /// <summary>Says that it is a terminal, wide enough for a path.</summary>
    private sealed class Terminal(TextWriter writer) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => true;

        public int Width => 250;

        public int Height => 50;

        public void SetEncoding(Encoding encoding)
        {
        }
    }
}
