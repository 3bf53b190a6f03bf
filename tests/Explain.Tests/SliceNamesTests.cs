namespace CovidCtNet.Samples.Explain.Tests;

/// <summary>Names of results are unique, and those that were unique stay as they are.</summary>
public class SliceNamesTests
{
    private static readonly string Root = Path.GetFullPath("data");

    [Fact]
    public void A_file_name_that_no_other_slice_has_is_the_name() =>
        Assert.Equal(["s", "t.1"], Take("p1/s.png", "p2/t.1.png"));

    [Fact]
    public void As_many_folders_are_added_as_tell_slices_apart() =>
        Assert.Equal(["p1/ct/s", "p2/ct/s", "pet/s", "t"], Take("p1/ct/s.png", "p2/ct/s.png", "p2/pet/s.png", "p1/ct/t.png"));

    [Fact]
    public void Files_that_differ_in_extension_or_case_alone_get_different_names() =>
        Assert.Equal(["s", "s.bmp", "S.png", "S.png 2"], Take("p/s.png", "p/s.bmp", "p/S.png", "P/S.png"));

    [Fact]
    public void What_a_slice_is_called_is_never_the_name_of_another()
    {
        string[] slices = [At("s.png"), At("p/s.png"), At("t.png")];
        var names = new SliceNames(slices, slices);
        Assert.Equal("data/s", names.Of(slices[0]).Last());
        Assert.Equal("p/s", names.Of(slices[1]).Last());
        Assert.Equal("t", names.Of(slices[2]).Last());
        Assert.DoesNotContain("s", names.Of(slices[0]).Concat(names.Of(slices[1])));
    }

    private static string At(string path) => Path.Combine(Root, path);

    private static string[] Take(params string[] paths)
    {
        string[] slices = [.. paths.Select(At)];
        var names = new SliceNames(slices, slices);
        return [.. slices.Select(names.Take)];
    }
}
