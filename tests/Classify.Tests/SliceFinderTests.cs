namespace CovidCtNet.Samples.Classify.Tests;

/// <summary>Every file is found once, in a stable order; only hidden and system files are passed over.</summary>
public sealed class SliceFinderTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Folders_give_every_file_below_them_in_order_but_hidden_ones()
    {
        foreach (var name in (string[])["b.PNG", "a.jpg", "notes.txt", "sub/c.bmp", "sub/deep/d.png", ".hidden.png", ".git/e.png", "Thumbs.db", "desktop.ini"])
        {
            _folder.Write(name, [1]);
        }

        Assert.Equal(["a.jpg", "b.PNG", "notes.txt", "sub/c.bmp", "sub/deep/d.png"], Names([_folder.Path]));
    }

    [Fact]
    public void Named_files_are_taken_whatever_they_are_called_and_only_once()
    {
        var hidden = _folder.Write(".hidden", [1]);
        var slice = _folder.Write("slice", [1]);
        var missing = Path.Combine(_folder.Path, "missing.png");
        Assert.Equal([".hidden", "missing.png", "slice"], Names([hidden, missing, _folder.Path, slice, hidden]));
    }

    [Fact]
    public void Output_of_an_earlier_run_is_left_out()
    {
        _folder.Write("a.png", [1]);
        var output = _folder.Write("results.csv", [1]);
        Assert.Equal(["a.png"], Names([_folder.Path], output));
    }

    [Fact]
    public void Links_that_lead_back_up_end()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Symbolic links need rights on Windows.");
        _folder.Write("sub/a.png", [1]);
        Directory.CreateSymbolicLink(Path.Combine(_folder.Path, "sub", "up"), _folder.Path);
        Assert.Equal(["sub/a.png"], Names([_folder.Path]));
    }

    private string[] Names(string[] paths, string? except = null) =>
    [
        .. SliceFinder.Find(paths, except, TestContext.Current.CancellationToken)
            .Select(f => Path.GetRelativePath(_folder.Path, f.Path).Replace('\\', '/')),
    ];
}
