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
        var scores = OutOfFoldSlice.Load(_folder.File("cv", CrossValidation.ScoresFile));
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
        Assert.Throws<ArgumentException>(() => new Trainer(Small with { SelectBy = ValidationMetric.Auc }).Fit(dataset, split, _folder.File("none")));
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
