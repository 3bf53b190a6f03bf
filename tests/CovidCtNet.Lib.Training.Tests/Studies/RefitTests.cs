using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Training.Data;
using CovidCtNet.Lib.Training.Export;
using CovidCtNet.Lib.Training.Networks;
using CovidCtNet.Lib.Training.Runs;
using CovidCtNet.Lib.Training.Studies;
using CovidCtNet.Lib.Training.Tests.Data;

namespace CovidCtNet.Lib.Training.Tests.Studies;

/// <summary>A recipe is cross-validated and then trained on every slice: the last model carries what the models that had not seen a slice say of it.</summary>
public sealed class RefitTests : IDisposable
{
    private static readonly TrainingOptions Small = new()
    {
        Network = new NetworkOptions { Width = 0.0625, InputHeight = 48, InputWidth = 48, Family = NetworkFamily.SmallConvolutional, StandardizeInput = true },
        Preprocessing = new CtPreprocessing { Width = 48, Height = 48, Mean = 0.5f, StandardDeviation = 0.25f },
        SelectBy = ValidationMetric.LastEpoch,
        Epochs = 3,
        BatchSize = 8,
        Threads = 1,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Model_of_every_slice_carries_the_figures_of_its_cross_validation()
    {
        var dataset = SliceDataset.Load(SliceManifest.Load(SyntheticSlices.Write(_folder, 20)), Small.Preprocessing);
        DataSplit[] splits = [.. Enumerable.Range(0, 5).Select(f => DataSplit.ByFold(dataset.Slices, f, (f + 1) % 5))];
        var study = CrossValidation.Run(Small, dataset, splits, _folder.File("cv"), allowLeaking: true);
        var scores = CrossValidation.LoadScores(_folder.File("cv"));
        Assert.Equal(study.Scores, scores);

        var split = DataSplit.Everything(dataset.Slices);
        using var model = new Trainer(Small).Fit(dataset, split, _folder.File("refit"));
        var assessment = ModelAssessment.OfCrossValidation(model, split, dataset, scores);
        var contract = assessment.ToContract(new ModelDescription { Data = "squares", WeightsLicense = "MIT" }, "non-COVID", "COVID");
        var path = _folder.File("model.onnx");
        OnnxExporter.ToPredictGraph(model.Network, contract).Save(path);

        Assert.Equal((80, 0, 0), (split.Train.Count, split.Validation.Count, split.Test.Count));
        Assert.Equal(3, model.BestEpoch);
        Assert.All(model.History, r => Assert.True(double.IsNaN(r.ValidationAuc)));
        Assert.Equal(study.Metrics.Select(m => (m.Name, m.Value)), contract.Metrics.Select(m => (m.Name, m.Value)));
        Assert.All(contract.Metrics, m => Assert.Equal("out of fold, 5 models of this recipe", m.Set));
        Assert.False(contract.Training!.LeakingSplit);
        Assert.DoesNotContain("leaking", File.ReadAllText(_folder.File("cv", "crossval.md")) + File.ReadAllText(_folder.File("cv", CrossValidation.ScoresFile)), StringComparison.Ordinal);

        // No other of the candidate thresholds has a higher sensitivity plus specificity on the out-of-fold scores.
        double Youden(double threshold)
        {
            var positive = scores.Select(s => 1 / (1 + Math.Exp(-s.Logit / contract.Temperature)) >= threshold).ToArray();
            return scores.Zip(positive).Sum(p => p.First.Positive == p.Second ? 1.0 / scores.Count(s => s.Positive == p.First.Positive) : 0);
        }

        Assert.All(Enumerable.Range(1, 99), i => Assert.True(Youden(i / 100.0) <= Youden(contract.Threshold) + 1e-9));
        using var loaded = CovidCtModel.Load(path);
        var card = ModelCard.Render(loaded.Contract);
        Assert.Contains("Both were chosen on out-of-fold scores of the cross-validation.", card, StringComparison.Ordinal);
        Assert.Contains("all slices train", card, StringComparison.Ordinal);
        Assert.Contains("weights of the last epoch", card, StringComparison.Ordinal);
        Assert.Contains("then in the network less the mean of the slice", card, StringComparison.Ordinal);

        // The review by folds gives each slice to the model that had not seen it: unshifted, its figures are the study's.
        var models = Enumerable.Range(0, 5).Select(f => CovidCtModel.Load(_folder.File("cv", CrossValidation.FoldFolder(f), CrossValidation.ModelFile))).ToArray();
        var review = ModelReview.OutOfFold([.. models.Select((m, f) => (m, (IReadOnlyList<SliceRecord>)[.. dataset.Slices.Where(s => s.Fold == f)]))]);
        Array.ForEach(models, m => m.Dispose());
        Assert.Equal(study.Metrics.Single(m => m.Name == "AUC").Value, review.Single(m => m.Set == "out of fold" && m.Name == "AUC").Value, 1e-6);
        Assert.Contains(review, m => m.Set == "out of fold, shift: upside down");

        // Other slices than those that were scored are refused.
        Assert.Throws<DatasetException>(() => ModelAssessment.OfCrossValidation(model, split, dataset, [.. scores.Skip(1)]));
        Assert.Throws<DatasetException>(() => ModelAssessment.RequireScoresOf(dataset.Slices, [.. scores.Skip(1)]));
        Assert.Throws<ArgumentException>(() => new Trainer(Small with { SelectBy = ValidationMetric.Auc }).Fit(dataset, split, _folder.File("none")));
    }

    [Fact]
    public void Label_of_leaking_folds_goes_with_their_scores_tables_reviews_and_the_refitted_model()
    {
        // The same slice in folds 0 and 4: on two sides of the splits that test on 0, 3 and 4, on the training side of the others.
        var manifest = SyntheticSlices.Write(_folder, 20);
        File.Copy(_folder.File("COVID", "slice (0, 0).png"), _folder.File("COVID", "slice (8, 0).png"), overwrite: true);
        var options = Small with { Epochs = 1 };
        var dataset = SliceDataset.Load(SliceManifest.Load(manifest), options.Preprocessing);
        DataSplit[] splits = [.. Enumerable.Range(0, 5).Select(f => DataSplit.ByFold(dataset.Slices, f, (f + 1) % 5))];
        var study = CrossValidation.Run(options, dataset, splits, _folder.File("cv"), allowLeaking: true);
        var (scores, file) = (CrossValidation.LoadScores(_folder.File("cv")), _folder.File("cv", CrossValidation.ScoresFile));

        Assert.Equal(study.Scores, scores);
        Assert.All(scores, s => Assert.Equal(s.Fold is 0 or 3 or 4, s.Leaking));
        Assert.Equal(48, File.ReadLines(file).Count(line => line.EndsWith(",leaking split", StringComparison.Ordinal)));
        var table = File.ReadAllLines(_folder.File("cv", "crossval.md")).Skip(2).Select(line => line.Split('|')[1].Trim());
        Assert.Equal(["0 (leaking split)", "1", "2", "3 (leaking split)", "4 (leaking split)", "all, out of fold (leaking split)"], table);

        // Scores that were written without the label have it from the models of the folds.
        OutOfFoldSlice[] unlabelled = [.. scores.Select(s => s with { Leaking = false })];
        OutOfFoldSlice.Save(file, unlabelled);
        Assert.Equal(unlabelled, OutOfFoldSlice.Load(file));
        Assert.Equal(scores, CrossValidation.LoadScores(_folder.File("cv")));

        var split = DataSplit.Everything(dataset.Slices);
        using var model = new Trainer(options).Fit(dataset, split, _folder.File("refit"));
        var contract = ModelAssessment.OfCrossValidation(model, split, dataset, scores).ToContract(new ModelDescription { Data = "squares", WeightsLicense = "MIT" }, "non-COVID", "COVID");
        Assert.True(contract.Training!.LeakingSplit);
        Assert.All(contract.Metrics, m => Assert.Equal("out of fold, 5 models of this recipe (leaking split)", m.Set));

        using var fold = CovidCtModel.Load(_folder.File("cv", CrossValidation.FoldFolder(0), CrossValidation.ModelFile));
        Assert.All(ModelReview.OutOfFold([(fold, [.. dataset.Slices.Where(s => s.Fold == 0)])]), m => Assert.StartsWith("out of fold (leaking split)", m.Set, StringComparison.Ordinal));
    }

    [Fact]
    public void Series_rule_of_a_fold_is_fitted_on_the_other_folds()
    {
        // Log-odds of four series in two folds, three slices each; the temperature of the contract is 2.
        double[][] logits = [[2, 3, 4], [-1, -2, 0], [1, 0, 2], [-3, 1, -2]];
        OutOfFoldSlice[] slices = [.. logits.SelectMany((series, g) => series.Select((z, i) => new OutOfFoldSlice($"{g}-{i}.png", g % 2 == 0, $"g{g}", g / 2, z, 0.5, z)))];
        using var loaded = CovidCtModel.LoadDefault();
        var contract = loaded.Contract with { Temperature = 2 };

        var study = SeriesRuleStudy.OutOfFold(contract, slices);

        IReadOnlyList<double> Odds(int g) => [.. logits[g].Select(z => z / 2)];
        var whole = CtSeriesRule.Default.Fit([Odds(0), Odds(1), Odds(2), Odds(3)], [true, false, true, false], contract);
        var second = CtSeriesRule.Default.Fit([Odds(2), Odds(3)], [true, false], contract);
        Assert.Equal(whole, study.Rule);
        Assert.Equal(second.Combine(Odds(0), out _), study.Tried.Single(t => t.Group == "g0").Probability);
        Assert.NotEqual(whole.Combine(Odds(0), out _), study.Tried.Single(t => t.Group == "g0").Probability);
        Assert.All(study.Metrics, m => Assert.Equal((SeriesRuleStudy.OutOfFoldSet, 12, 4), (m.Set, m.Samples, m.Groups)));
        var leaking = SeriesRuleStudy.OutOfFold(contract, [slices[0] with { Leaking = true }, .. slices.Skip(1)]);
        Assert.All(leaking.Metrics, m => Assert.Equal(SeriesRuleStudy.OutOfFoldSet + " (leaking split)", m.Set));
    }

    [Fact]
    public void Scores_are_quoted_where_they_must_be_and_nowhere_else()
    {
        var file = _folder.File("scores.csv");
        OutOfFoldSlice plain = new("/a b.png", true, "g1", 2, -1.5, 0.25, 1e-7);
        OutOfFoldSlice odd = new("/a \"b\", c.png", false, "Smith, \"J\"\r\nx", 0, 1, 0.75, -3);

        OutOfFoldSlice.Save(file, [plain]);
        Assert.Equal("path,label,group,fold,logit,probability,margin\n\"/a b.png\",1,g1,2,-1.5,0.25,1E-07\n", File.ReadAllText(file));
        OutOfFoldSlice.Save(file, [plain, odd with { Leaking = true }]);
        Assert.Equal([plain, odd with { Leaking = true }], OutOfFoldSlice.Load(file));
    }

    [Theory]
    [InlineData("path,label\na,1\n")]
    [InlineData("path,label,group,fold,logit,probability,margin\na,1,g,0,none,0.5,0\n")]
    public void Broken_scores_are_named(string text)
    {
        var file = _folder.File("scores.csv");
        File.WriteAllText(file, text);

        Assert.Contains("scores.csv", Assert.Throws<DatasetException>(() => OutOfFoldSlice.Load(file)).Message, StringComparison.Ordinal);
        Assert.Throws<DatasetException>(() => OutOfFoldSlice.Load(_folder.File("missing.csv")));
    }
}
