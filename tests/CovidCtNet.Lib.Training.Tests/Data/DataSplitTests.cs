using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Lib.Training.Tests.Data;

public class DataSplitTests
{
    [Fact]
    public void Fold_split_puts_every_slice_on_one_side()
    {
        var slices = Slices(50, withGroups: true);

        var split = DataSplit.ByFold(slices, testFold: 3, validationFold: 4);

        Assert.False(split.IsLeaking);
        Assert.Equal(Enumerable.Range(0, slices.Count), split.Train.Concat(split.Validation).Concat(split.Test).Order());
        Assert.All(split.Test, i => Assert.Equal(3, slices[i].Fold));
        Assert.All(split.Validation, i => Assert.Equal(4, slices[i].Fold));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Hold_out_never_tears_a_group_and_keeps_the_shares(int seed)
    {
        var slices = Slices(60, withGroups: true);

        var split = DataSplit.HoldOut(slices, 0.2, 0.2, seed);

        var sides = new[] { split.Train, split.Validation, split.Test }.Select(side => side.Select(i => slices[i].Group).ToHashSet()).ToArray();
        Assert.Empty(sides[0].Intersect(sides[1]).Concat(sides[0].Intersect(sides[2])).Concat(sides[1].Intersect(sides[2])));
        Assert.False(split.IsLeaking);
        Assert.InRange(split.Test.Count / (double)slices.Count, 0.19, 0.25);
        Assert.Equal(split.Test, DataSplit.HoldOut(slices, 0.2, 0.2, seed).Test);
    }

    [Fact]
    public void Split_by_slice_is_labelled_as_leaking()
    {
        var split = DataSplit.HoldOut(Slices(60, withGroups: false), 0.2, 0.2, 1);

        Assert.True(split.IsLeaking);
        Assert.EndsWith("leaking split", split.Description, StringComparison.Ordinal);
    }

    [Fact]
    public void Group_in_two_folds_is_refused()
    {
        var slices = Slices(50, withGroups: true).ToList();
        slices[0] = slices[0] with { Fold = slices[0].Fold + 1 };

        Assert.Contains("'g0'", Assert.Throws<DatasetException>(() => DataSplit.ByFold(slices, 0, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Side_with_one_class_is_refused() =>
        Assert.Throws<DatasetException>(() => DataSplit.ByFold([.. Slices(50, withGroups: true).Where(s => s.Positive || s.Fold != 0)], 0, 1));

    // Ten slices of each group; groups alternate between the classes, folds between pairs of groups.
    private static List<SliceRecord> Slices(int groups, bool withGroups) =>
        [.. Enumerable.Range(0, groups * 10).Select(i => new SliceRecord($"/{i}.png", i / 10 % 2 == 0 ? "COVID" : "non-COVID", i / 10 % 2 == 0, withGroups ? $"g{i / 10}" : null, i / 20 % 5))];
}
