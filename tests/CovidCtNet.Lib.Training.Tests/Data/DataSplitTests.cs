using CovidCtNet.Lib.Training.Audit;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Lib.Training.Tests.Data;

public sealed class DataSplitTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

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
    public void Group_in_two_folds_leaks_and_the_audit_refuses_it_by_name()
    {
        var slices = Slices(50, withGroups: true).ToList();
        slices[0] = slices[0] with { Fold = slices[0].Fold + 1 };

        var split = DataSplit.ByFold(slices, 0, 1);
        var report = LeakageAudit.Run(slices, split);

        Assert.True(split.IsLeaking);
        Assert.DoesNotContain("whole groups", split.Description, StringComparison.Ordinal);
        Assert.Contains("g0 (test, validation)", Assert.Throws<LeakingSplitException>(() => report.RequireClean(split)).Message, StringComparison.Ordinal);
        Assert.True(report.RequireClean(split, allowLeaking: true).IsLeaking);

        // Torn between two folds that both train here, the group still makes the folds wrong.
        Assert.Contains("'g0'", Assert.Throws<LeakingSplitException>(() => LeakageAudit.Run(slices, DataSplit.ByFold(slices, 3, 4)).RequireClean(DataSplit.ByFold(slices, 3, 4))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folds_of_some_slices_alone_are_an_error_that_names_the_others()
    {
        var slices = Slices(50, withGroups: true);
        Assert.True(DataSplit.HasFolds(slices));
        Assert.False(DataSplit.HasFolds([.. slices.Select(s => s with { Fold = null })]));
        slices[7] = slices[7] with { Fold = null };

        Assert.Contains("1 of 500 slices have no fold: '/7.png'", Assert.Throws<DatasetException>(() => DataSplit.HasFolds(slices)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Side_with_one_class_is_refused() =>
        Assert.Throws<DatasetException>(() => DataSplit.ByFold([.. Slices(50, withGroups: true).Where(s => s.Positive || s.Fold != 0)], 0, 1));

    [Fact]
    public void Split_by_random_slices_is_stratified_seeded_and_labelled_even_where_groups_are_known()
    {
        var slices = Slices(60, withGroups: true);

        var split = DataSplit.RandomSlices(slices, 0.25, 0.1, 4);

        Assert.True(split.IsLeaking);
        Assert.EndsWith(DataSplit.LeakingLabel, split.Description, StringComparison.Ordinal);
        Assert.Equal((150, 60), (split.Validation.Count, split.Test.Count));
        Assert.Equal((75, 30), (split.Validation.Count(i => slices[i].Positive), split.Test.Count(i => slices[i].Positive)));

        // The same slices in another order land on the same sides.
        List<SliceRecord> reversed = [.. Enumerable.Reverse(slices)];
        Assert.Equal(split.Test.Select(i => slices[i].Path).Order(), DataSplit.RandomSlices(reversed, 0.25, 0.1, 4).Test.Select(i => reversed[i].Path).Order());
        Assert.NotEqual(split.Test, DataSplit.RandomSlices(slices, 0.25, 0.1, 5).Test);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Group_folds_test_every_slice_once_tear_no_group_and_balance_the_classes(int seed)
    {
        // Groups of 4 to 27 slices, three of four of them negative.
        var slices = Enumerable.Range(0, 48)
            .SelectMany(g => Enumerable.Range(0, 4 + (g * 7 % 24)).Select(k => new SliceRecord($"/{g}-{k}.png", g % 4 == 0 ? "COVID" : "non-COVID", g % 4 == 0, $"g{g}", null)))
            .ToList();

        var splits = DataSplit.GroupKFold(slices, 5, seed);
        var unvalidated = DataSplit.GroupKFold(slices, 5, seed, validate: false);
        Assert.Equal(splits.Select(s => s.Test), unvalidated.Select(s => s.Test));
        Assert.All(unvalidated, s => Assert.Equal((0, slices.Count), (s.Validation.Count, s.Train.Count + s.Test.Count)));

        Assert.Equal(Enumerable.Range(0, slices.Count), splits.SelectMany(s => s.Test).Order());
        foreach (var split in splits)
        {
            Assert.Equal(slices.Count, split.Train.Count + split.Validation.Count + split.Test.Count);
            Assert.Empty(split.Test.Select(i => slices[i].Group).Intersect(split.Train.Concat(split.Validation).Select(i => slices[i].Group)));
            Assert.False(split.IsLeaking);

            // A fifth of each class, to within half of the largest group.
            Assert.InRange(split.Test.Count(i => slices[i].Positive) - (slices.Count(s => s.Positive) / 5.0), -14, 14);
            Assert.InRange(split.Test.Count(i => !slices[i].Positive) - (slices.Count(s => !s.Positive) / 5.0), -14, 14);
        }
    }

    [Fact]
    public void Fewer_groups_than_folds_are_refused() =>
        Assert.Throws<DatasetException>(() => GroupFolds.Assign(Slices(4, withGroups: true), 5, 1));

    [Fact]
    public void Saved_split_is_read_back_whatever_the_order_of_the_slices()
    {
        var slices = Slices(50, withGroups: true);
        slices[3] = slices[3] with { Path = "/a \"quoted\", name.png" };
        var split = DataSplit.HoldOut(slices, 0.2, 0.2, 3);
        var file = _folder.File("split.csv");
        split.Save(file, slices);
        List<SliceRecord> reversed = [.. Enumerable.Reverse(slices)];

        var read = DataSplit.Load(file, reversed);

        Assert.False(read.IsLeaking);
        Assert.Equal(split.Train.Select(i => slices[i]).OrderBy(s => s.Path), read.Train.Select(i => reversed[i]).OrderBy(s => s.Path));
        Assert.Equal(split.Validation.Select(i => slices[i]).OrderBy(s => s.Path), read.Validation.Select(i => reversed[i]).OrderBy(s => s.Path));
        Assert.Equal(split.Test.Select(i => slices[i]).OrderBy(s => s.Path), read.Test.Select(i => reversed[i]).OrderBy(s => s.Path));
    }

    [Fact]
    public void Labels_and_groups_are_quoted_where_they_must_be_and_nowhere_else()
    {
        string Odd(string label) => label == "COVID" ? "COVID, \"typical\"" : label;
        List<SliceRecord> plain = Slices(50, withGroups: true), odd = [.. plain.Select(s => s with { Label = Odd(s.Label), Group = s.Group + ",\n\"x\"" })];
        var file = _folder.File("split.csv");
        DataSplit.ByFold(plain, 0, 1).Save(file, plain);
        Assert.StartsWith("path,label,group,side\n\"/40.png\",COVID,g4,train\n\"/41.png\",COVID,g4,train\n", File.ReadAllText(file), StringComparison.Ordinal);

        var split = DataSplit.ByFold(odd, 0, 1);
        split.Save(file, odd);

        Assert.Equal(split.Test, DataSplit.Load(file, odd).Test);
        Assert.Equal(split.Train.Select(i => (odd[i].Path, odd[i].Label, odd[i].Group)), DataSplit.TrainingRows(file));
    }

    [Fact]
    public void Leaking_split_is_still_labelled_once_it_is_read_back()
    {
        var slices = Slices(50, withGroups: true);
        var file = _folder.File("split.csv");
        DataSplit.RandomSlices(slices, 0.2, 0.2, 3).Save(file, slices);

        Assert.True(DataSplit.Load(file, slices).IsLeaking);
    }

    [Fact]
    public void Split_of_other_slices_or_labels_is_refused()
    {
        var slices = Slices(50, withGroups: true);
        var file = _folder.File("split.csv");
        DataSplit.HoldOut(slices, 0.2, 0.2, 3).Save(file, slices);
        List<SliceRecord> more = [.. slices, slices[0] with { Path = "/new.png" }];
        List<SliceRecord> relabelled = [slices[0] with { Label = "non-COVID", Positive = false }, .. slices.Skip(1)];

        Assert.Contains("/new.png", Assert.Throws<DatasetException>(() => DataSplit.Load(file, more)).Message, StringComparison.Ordinal);
        Assert.Contains("lacks", Assert.Throws<DatasetException>(() => DataSplit.Load(file, slices[1..])).Message, StringComparison.Ordinal);
        Assert.Contains("labels have changed", Assert.Throws<DatasetException>(() => DataSplit.Load(file, relabelled)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("path,label\n/a.png,COVID", "header")]
    [InlineData("path,label,group,side\n/a.png,COVID,g,exam", "line 2")]
    [InlineData("path,label,group,side\n/a.png,COVID,g,train\n/a.png,COVID,g,test", "more than once")]
    public void Broken_split_files_are_refused(string text, string reason)
    {
        var file = _folder.File("split.csv");
        File.WriteAllText(file, text);

        Assert.Contains(reason, Assert.Throws<DatasetException>(() => DataSplit.Load(file, Slices(50, withGroups: true))).Message, StringComparison.Ordinal);
    }

    // Ten slices of each group; groups alternate between the classes, folds between pairs of groups.
    private static List<SliceRecord> Slices(int groups, bool withGroups) =>
        [.. Enumerable.Range(0, groups * 10).Select(i => new SliceRecord($"/{i}.png", i / 10 % 2 == 0 ? "COVID" : "non-COVID", i / 10 % 2 == 0, withGroups ? $"g{i / 10}" : null, i / 20 % 5))];
}
