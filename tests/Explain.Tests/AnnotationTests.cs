namespace CovidCtNet.Samples.Explain.Tests;

/// <summary>Each slice is compared with its own annotation or with none.</summary>
public sealed class AnnotationTests : IDisposable
{
    private const int AreaShare = 12;
    private readonly ExplainHarness _run = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Slices_of_one_name_take_the_mask_of_their_own_path()
    {
        Slices();
        _run.Mask("masks/d1/s.png", rows: 4);
        _run.Mask("masks/d2/s.png", rows: 10);
        _run.Mask("masks/s.png", rows: 1);
        _run.Mask("masks/t.png", rows: 5);
        Assert.Equal(["0.2", "0.5", "0.25"], await Areas("masks"));
        Assert.Empty(_run.Errors);
    }

    [Fact]
    public async Task A_mask_that_may_be_of_several_slices_is_named_and_not_used()
    {
        Slices();
        _run.Mask("masks/d2/s.png", rows: 10);
        var doubtful = _run.Mask("masks/s.png", rows: 1);
        Assert.Equal(["", "0.5", ""], await Areas("masks"));
        Assert.StartsWith($"{doubtful} is not used", _run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tree_of_masks_like_the_tree_of_slices_needs_no_more_folders()
    {
        _run.Slices("in/s.png", "in/b/s.png");
        _run.Mask("masks/s.png", rows: 4);
        _run.Mask("masks/b/s.png", rows: 10);
        Assert.Equal(0, await _run.Explain(_run.At("in"), "--method", "grad-cam", "--masks", _run.At("masks")));
        Assert.Equal([("b/s", "0.5"), ("in/s", "0.2")], _run.Rows().Select(r => (r[0], r[AreaShare])));
    }

    [Fact]
    public async Task Coco_entries_are_found_by_their_folders()
    {
        Slices();
        string Image(int id, string name) => $$"""{"id":{{id}},"file_name":"{{name}}","width":20,"height":20}""";
        string Region(int image, int rows) => $$"""{"id":{{image}},"image_id":{{image}},"category_id":1,"segmentation":[[0,0,20,0,20,{{rows}},0,{{rows}}]]}""";
        _run.Write("coco.json", System.Text.Encoding.UTF8.GetBytes(
            $$"""
            {"images":[{{Image(1, "d1/s.png")}},{{Image(2, "elsewhere/s.png")}},{{Image(3, "elsewhere/t.png")}}],
             "annotations":[{{Region(1, 4)}},{{Region(2, 10)}},{{Region(3, 5)}}],"categories":[{"id":1,"name":"infection"}]}
            """));
        Assert.Equal(["0.2", "", "0.25"], await Areas("coco.json"));
    }

    [Fact]
    public async Task A_slice_is_never_its_own_mask()
    {
        var slice = _run.Slice("a.png");
        Assert.Equal(0, await _run.Explain(slice, "--method", "grad-cam", "--masks", Path.GetDirectoryName(slice)!));
        Assert.Equal("", _run.Rows()[0][AreaShare]);
    }

    [Fact]
    public async Task A_mask_of_another_size_is_named_with_its_slice()
    {
        var slice = _run.Slice("a.png", width: 30);
        var mask = _run.Mask("masks/a.png", rows: 2);
        foreach (var option in (string[])["--masks", "--lungs"])
        {
            var before = _run.Errors.Length;
            Assert.Equal(2, await _run.Explain(slice, "--method", "grad-cam", option, _run.At("masks")));
            var line = _run.Errors[before..];
            Assert.Contains(slice, line, StringComparison.Ordinal);
            Assert.Contains(mask, line, StringComparison.Ordinal);
            Assert.Contains("30 x 20", line, StringComparison.Ordinal);
            Assert.DoesNotContain("Parameter", line, StringComparison.Ordinal);
        }
    }

    private void Slices() => _run.Slices("d1/s.png", "d2/s.png", "d2/t.png");

    private async Task<string[]> Areas(string masks)
    {
        Assert.Equal(0, await _run.Explain(_run.At("d1"), _run.At("d2"), "--method", "grad-cam", "--masks", _run.At(masks)));
        return [.. _run.Rows().Select(r => r[AreaShare])];
    }
}
