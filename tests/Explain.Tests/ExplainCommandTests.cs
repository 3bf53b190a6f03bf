namespace CovidCtNet.Samples.Explain.Tests;

/// <summary>The whole command, as a user runs it: exit codes, what is named, what is written.</summary>
public sealed class ExplainCommandTests : IDisposable
{
    private readonly ExplainHarness _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Slices_of_one_name_are_told_apart_and_others_keep_their_names()
    {
        _run.Slices("d1/s.png", "d2/s.png", "d2/t.png");
        Assert.Equal(0, await _run.Explain(_run.At("d1"), _run.At("d2"), "--method", "grad-cam"));
        Assert.Equal(["d1/s", "d2/s", "t"], _run.Rows().Select(r => r[0]));
        Assert.All(["d1/s", "d2/s", "t"], name => Assert.All(["grad-cam.png", "grad-cam.npy", "panel.png"], ending => Assert.True(File.Exists(_run.At($"out/{name}.{ending}")))));
    }

    [Fact]
    public async Task Options_that_are_given_more_than_once_take_no_files()
    {
        var slice = _run.Slice("a.png");
        Assert.Equal(0, await _run.Explain("--method", "grad-cam", "--method", "input-gradient", slice));
        Assert.Equal(["grad-cam", "input-gradient"], _run.Rows().Select(r => r[2]));
    }

    [Fact]
    public async Task Mistyped_options_and_negative_numbers_are_refused_by_name()
    {
        var slice = _run.Slice("a.png");
        foreach (var (name, value) in (IEnumerable<(string, string)>)[("--bogus", "1"), ("--mask", "masks"), ("--faithfulness", "-1"), ("--group-size", "-2"), ("--class", "-1"), ("--size", "0"), ("--mean", "0.4,x")])
        {
            var before = _run.Errors.Length;
            Assert.Equal(1, await _run.Explain(slice, name, value));
            Assert.Contains(name == "--mean" ? "'x' is no number" : name, _run.Errors[before..], StringComparison.Ordinal);
        }

        Assert.False(Directory.Exists(_run.At("out")));
    }

    [Fact]
    public async Task An_empty_folder_is_named_and_leaves_no_tables()
    {
        var empty = _run.Folder("empty");
        Assert.Equal(2, await _run.Explain(empty));
        Assert.Contains($"no pictures in {empty}", _run.Errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_run.At("out")));
    }

    [Fact]
    public async Task Failures_of_the_runtime_are_expected()
    {
        var failure = await Record.ExceptionAsync(() => Task.Run(() => new Microsoft.ML.OnnxRuntime.InferenceSession([1, 2, 3]).Dispose()));
        Assert.True(ExplainRun.IsExpected(failure!));
        Assert.False(ExplainRun.IsExpected(new InvalidOperationException()));
    }
}
