using CovidCtNet.Samples.Evaluate.Scores;

namespace CovidCtNet.Lib.Tests.Evaluation.Report;

/// <summary>Files of scores are read as they mean it, and complaints name file, line and cure.</summary>
public sealed class ScoreFileTests
{
    [Fact]
    public void Columns_may_stand_in_any_order_and_labels_in_many_words()
    {
        ScoreTable table = Read("path,SCORE,note,Label,group\n a.png ,0.25,x,COVID,s1\n\"b, c.png\",1e-3,,non-covid,s2\nd.png,-2,y,0,s2\n");
        Assert.Equal([true, false, false], table.Labels);
        Assert.Equal([0.25, 0.001, -2], table.Scores);
        Assert.Equal(["s1", "s2", "s2"], table.Groups);
        Assert.Equal("b, c.png", Path.GetFileName(table.Paths[1]));
        Assert.Equal(2, table.GroupCount);
        Assert.False(table.AreProbabilities);
        Assert.Equal("scores", table.Name);
    }

    [Fact]
    public void Groups_and_paths_may_be_absent_and_the_trainers_probability_will_do()
    {
        ScoreTable table = Read("label,logit,probability\n1,2,0.9\n0,-2,0.1\n");
        Assert.Equal([0.9, 0.1], table.Scores);
        Assert.False(table.HasGroups);
        Assert.Empty(table.Paths);
    }

    [Fact]
    public void A_filter_keeps_the_lines_of_one_side()
    {
        ScoreTable table = Read("label,score,side\n1,0.9,test\n0,0.8,train\n0,0.1,test\n", "side=test");
        Assert.Equal([0.9, 0.1], table.Scores);
        Assert.Equal("scores, side test", table.Name);
        Assert.Contains("no case with side = dev", Fails("label,score,side\n1,1,test\n", "side=dev").Message, StringComparison.Ordinal);
        Assert.Contains("'fold'", Fails("label,score,side\n1,1,test\n", "fold=1").Message, StringComparison.Ordinal);
        Assert.Throws<FormatException>(() => CsvFilter.Parse("side"));
    }

    [Theory]
    [InlineData("", null, "is empty")]
    [InlineData("label,score\n", null, "no case")]
    [InlineData("label,value\n1,2\n", 1, "no column 'score'")]
    [InlineData("lable,score\n1,2\n", 1, "no column 'label'")]
    [InlineData("label,score,score\n1,2,3\n", 1, "2 columns named 'score'")]
    [InlineData("label,score\n1,0.5\n2,0.5\n", 3, "'2' is no label")]
    [InlineData("label,score\n1,\"0,5\"\n", 2, "'0,5' is no score")]
    [InlineData("label,score\n1,0.5\n0,NaN\n", 3, "'NaN' is no score")]
    [InlineData("label,score\n1,0.5\n0,inf\n", 3, "is no score")]
    [InlineData("label,score\n1\n", 2, "'' is no score")]
    [InlineData("label,score,group\n1,0.5,\n", 2, "has no group")]
    [InlineData("label,score\n1,0.5\n\n0,x\n", 4, "'x' is no score")]
    public void Wrong_files_are_refused_with_their_line(string text, int? line, string part)
    {
        ScoreFileException fault = Fails(text);
        Assert.Equal(line, fault.Line);
        Assert.Equal("scores.csv", fault.File);
        Assert.Contains(part, fault.Message, StringComparison.Ordinal);
        Assert.StartsWith("scores.csv", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_are_named()
    {
        ScoreFileException fault = Assert.Throws<ScoreFileException>(() => ScoreFile.Read("/nowhere/at/all.csv"));
        Assert.Contains("/nowhere/at/all.csv", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        ScoreTable table = Read("label,score,group,path\n1,0.1,\"a,b\",x/y.png\n0,0.30000000000000004,c,z.png\n");
        using var stream = new MemoryStream();
        ScoreFile.Write(table, stream, Directory.GetCurrentDirectory());
        ScoreTable again = Read(System.Text.Encoding.UTF8.GetString(stream.ToArray()));
        Assert.Equal(table.Labels, again.Labels);
        Assert.Equal(table.Scores, again.Scores);
        Assert.Equal(table.Groups, again.Groups);
        Assert.Equal(table.Paths, again.Paths);
    }

    private static ScoreTable Read(string text, string? filter = null) => ScoreFile.Read(new StringReader(text), "scores.csv", CsvFilter.Parse(filter));

    private static ScoreFileException Fails(string text, string? filter = null) => Assert.Throws<ScoreFileException>(() => Read(text, filter));
}
