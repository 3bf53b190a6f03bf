using System.Text;
using System.Text.Json;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Imaging.Dicom;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Tests.Inference;

namespace CovidCtNet.Lib.Tests.Imaging.Hospital;

/// <summary>Series are judged by the stated rule; results refer to their source, name no patient and are read back.</summary>
public class SeriesPredictionTests
{
    private const string Series = "1.2.3.7";

    private static readonly CovidCtModel Model = CovidCtModel.LoadDefault();

    [Fact]
    public void The_rule_averages_the_highest_quarter_of_smoothed_log_odds()
    {
        var rule = new CtSeriesRule { Slope = 2, Intercept = -1, MinimumTop = 1 };

        // Medians of three: 1.5, 1, 1, 2, 3, 2, 1, 0 (the ends have two neighbours). The lone 9 is gone. A quarter of 8 is 2.
        double[] logOdds = [1, 2, 1, 0, 9, 3, 2, 0];
        double[] smooth = [1.5, 1, 1, 1, 3, 3, 2, 1];
        var probability = rule.Combine(logOdds, out var driving);
        Assert.Equal([4, 5], driving);
        Assert.Equal(1 / (1 + Math.Exp(-((2 * (smooth[4] + smooth[5]) / 2) - 1))), probability, 1e-12);
        Assert.Equal(1 / (1 + Math.Exp(-(2 * 7.0 - 1))), rule.Combine([7.0], out _), 1e-12);
    }

    [Fact]
    public void Fitting_separates_series_of_two_classes_and_names_the_model()
    {
        double[][] series = [[3, 2, 4], [1, 2, 2], [-1, -2, 0], [-3, -1, -2]];
        var rule = new CtSeriesRule().Fit(series, [true, true, false, false], Model.Contract);
        Assert.True(rule.IsFittedFor(Model.Contract));
        Assert.All(series, s => Assert.Equal(s[0] > 0, rule.Combine(s, out _) > 0.5));
    }

    [Fact]
    public void A_series_is_judged_by_the_rule_of_its_model_unless_the_options_name_one()
    {
        using var folder = new StudyFolder();
        for (var i = 0; i < 3; i++)
        {
            folder.Add($"{i}", Series, i);
        }

        using var study = CtStudy.Load(folder.Path);
        var graph = TestModels.MeanGraph();
        var contract = TestModels.Contract(graph);
        var own = new CtSeriesRule { Slope = 0.5, Intercept = 0.75, FittedFor = contract.WeightsSha256 };
        using var without = TestModels.Load(TestModels.Bytes(graph, contract));
        using var with = TestModels.Load(TestModels.Bytes(graph, contract with { SeriesRule = own }));
        var options = new CtSeriesOptions { Maps = 0 };

        var plain = without.PredictSeries(study.Series[0], options);
        Assert.False(plain.IsCalibrated);
        Assert.Equal(CtSeriesRule.Default, plain.Rule);
        Assert.Contains(plain.Notes, n => n.Contains("not calibrated", StringComparison.Ordinal));

        var fitted = with.PredictSeries(study.Series[0], options);
        Assert.True(fitted.IsCalibrated);
        Assert.Equal(own, fitted.Rule);
        Assert.DoesNotContain(fitted.Notes, n => n.Contains("not calibrated", StringComparison.Ordinal));
        Assert.Equal((0.5 * LogOdds(plain.Probability)) + 0.75, LogOdds(fitted.Probability), 1e-9);

        var other = new CtSeriesRule { Slope = 2, FittedFor = new string('0', 64) };
        var chosen = with.PredictSeries(study.Series[0], options with { Rule = other });
        Assert.False(chosen.IsCalibrated);
        Assert.Equal(2 * LogOdds(plain.Probability), LogOdds(chosen.Probability), 1e-9);

        static double LogOdds(double p) => Math.Log(p / (1 - p));
    }

    [Fact]
    public void A_series_gives_slices_drivers_maps_and_leaves_out_what_cannot_be_read()
    {
        using var folder = new StudyFolder();
        for (var i = 0; i < 9; i++)
        {
            folder.Add($"{i}", Series, i);
        }

        using var study = CtStudy.Load(folder.Path);
        File.Delete(Path.Combine(folder.Path, "4"));
        var result = Model.PredictSeries(study.Series[0], new CtSeriesOptions { Maps = 2 });
        Assert.Equal(9, result.Slices.Count);
        Assert.IsType<FileNotFoundException>(result.Slices[4].Error);
        Assert.Null(result.Slices[4].Prediction);
        Assert.All(result.Slices.Where(s => s.Index != 4), s => Assert.Equal(Model.Predict(s.Slice.Load()).Probability, s.Prediction!.Probability, 1e-5));
        Assert.Equal(3, result.Driving.Count);
        Assert.Equal(result.Driving.Take(2).Select(d => d.Index), result.Maps.Keys);
        Assert.Equal(Model.Preprocessing.Window, result.Window);
        Assert.Contains(result.Notes, n => n.Contains("could not be read", StringComparison.Ordinal));
        Assert.Contains(result.Notes, n => n.Contains("display windows", StringComparison.Ordinal));
    }

    [Fact]
    public void Enforcing_leaves_out_refused_slices_and_warning_judges_them()
    {
        using var folder = new StudyFolder();
        for (var i = 0; i < 4; i++)
        {
            folder.Add($"{i}", Series, i, pixels: i == 2 ? new byte[96 * 80 * 2] : null);
        }

        using var study = CtStudy.Load(folder.Path);
        var enforced = Model.PredictSeries(study.Series[0], new CtSeriesOptions { Gate = CtGateMode.Enforce, Maps = 0 });
        Assert.Null(enforced.Slices[2].Prediction);
        Assert.Equal(CtGateVerdict.Refused, enforced.Slices[2].Gate!.Verdict);
        Assert.All(enforced.Slices.Where(s => s.Index != 2), s => Assert.NotNull(s.Prediction));
        var warned = Model.PredictSeries(study.Series[0], new CtSeriesOptions { Gate = CtGateMode.Warn, Maps = 0 });
        Assert.NotNull(warned.Slices[2].Prediction);
        Assert.Equal(CtGateVerdict.Refused, warned.Slices[2].Gate!.Verdict);
        Assert.All(Model.PredictSeries(study.Series[0], new CtSeriesOptions { Gate = CtGateMode.Off, Maps = 0 }).Slices, s => Assert.Null(s.Gate));
    }

    [Fact]
    public void A_series_without_a_judged_slice_is_a_typed_error_without_names()
    {
        using var folder = new StudyFolder();
        folder.Add("Secret^Patient", Series, 0);
        using var study = CtStudy.Load(folder.Path);
        File.Delete(Path.Combine(folder.Path, "Secret^Patient"));
        var e = Assert.Throws<CtSeriesException>(() => Model.PredictSeries(study.Series[0]));
        Assert.DoesNotContain("Secret", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_are_read_back_refer_to_their_source_and_name_no_patient_unless_asked()
    {
        using var folder = new StudyFolder();
        for (var i = 0; i < 5; i++)
        {
            folder.Add($"Secret^Patient {i}", Series, i);
        }

        using var study = CtStudy.Load(folder.Path);
        var result = Model.PredictSeries(study.Series[0]);
        var output = Directory.CreateDirectory(Path.Combine(folder.Path, "out")).FullName;
        foreach (var identified in new[] { false, true })
        {
            var options = new DicomResultOptions { CopyPatient = identified };
            var json = Path.Combine(output, "result.json");
            var report = Path.Combine(output, "report.dcm");
            result.SaveJson(json);
            result.SaveStructuredReport(report, options);
            var captures = result.SaveSecondaryCaptures(output, options);
            Assert.Equal(3, captures.Count);
            Assert.Equal(5, Directory.GetFiles(output).Length);
            Assert.DoesNotContain("Secret", File.ReadAllText(json) + string.Join(' ', captures), StringComparison.OrdinalIgnoreCase);
            foreach (var path in captures.Append(report))
            {
                var text = Encoding.Latin1.GetString(File.ReadAllBytes(path));
                Assert.Equal(identified, text.Contains("Secret^Patient", StringComparison.Ordinal));
                Assert.Equal(identified, text.Contains("SECRET-1", StringComparison.Ordinal));
                Assert.Equal(StudyFolder.Study, DicomFile.Load(path).StudyInstanceUid);
            }

            var capture = DicomFile.Load(captures[0]);
            Assert.Equal(CtValueKind.Gray8, capture.ReadFrame().ValueKind);
            var source = Assert.Single(capture.Dataset.Items(new DicomTag(0x0008, 0x2112)));
            Assert.Equal(result.Maps.Keys.Order().Select(k => result.Slices[k].Slice.SopInstanceUid).First(), source.Text(new DicomTag(0x0008, 0x1155)));
            var evidence = DicomFile.Load(report).Dataset.Items(new DicomTag(0x0040, 0xA375))[0].Items(new DicomTag(0x0008, 0x1115))[0];
            Assert.Equal(Series, evidence.Text(DicomTag.SeriesInstanceUid));
            Assert.Equal(
                result.Slices.Select(s => s.Slice.SopInstanceUid),
                evidence.Items(new DicomTag(0x0008, 0x1199)).Select(r => r.Text(new DicomTag(0x0008, 0x1155))));
        }

        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(output, "result.json")));
        Assert.Equal("covidctnet-series/1", document.RootElement.GetProperty("schema").GetString());
        Assert.Equal(result.Probability, document.RootElement.GetProperty("probability").GetDouble());
        Assert.Equal(5, document.RootElement.GetProperty("slices").GetArrayLength());
        Assert.Equal("Warn", document.RootElement.GetProperty("gate").GetString());
    }

    [Fact]
    public void A_volume_has_no_identifiers_for_a_report_and_says_so()
    {
        var volume = HospitalFiles.PathOf("n1.nii.gz");
        using var study = CtStudy.Load(volume);
        var result = Model.PredictSeries(study.Series[0], new CtSeriesOptions { Maps = 0 });
        using var folder = new StudyFolder();
        var path = Path.Combine(folder.Path, "report.dcm");
        Assert.Contains("JSON", Assert.Throws<InvalidOperationException>(() => result.SaveStructuredReport(path)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(path));
    }
}
