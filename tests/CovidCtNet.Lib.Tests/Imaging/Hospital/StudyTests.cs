using System.IO.Compression;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Tests.Shared;

namespace CovidCtNet.Lib.Tests.Imaging.Hospital;

/// <summary>Series are told apart, ordered and checked; everything else is set aside with its reason.</summary>
public class StudyTests
{
    private const string First = "1.2.3.1";
    private const string Second = "1.2.3.2";

    [Fact]
    public void Slices_are_ordered_by_place_and_gaps_and_duplicates_are_reported()
    {
        using var folder = new StudyFolder();

        // Instance numbers run against the places; one place twice; 15 and 20 are missing.
        double[] places = [10, 0, 5, 30, 25, 35, 5];
        for (var i = 0; i < places.Length; i++)
        {
            folder.Add($"IM{i}", First, places[i], instance: 100 - i);
        }

        using var study = CtStudy.Load(folder.Path);
        var series = Assert.Single(study.Series);
        Assert.Equal([0, 5, 10, 25, 30, 35], series.Slices.Select(s => s.Location!.Value));
        Assert.Equal(5, series.Spacing);
        Assert.Equal(new CtSeriesGap(2, 15, 2), Assert.Single(series.Gaps));
        Assert.Equal(CtSliceOrder.Position, series.Order);
        var aside = Assert.Single(study.SetAside);
        Assert.Equal((CtSetAsideReason.Duplicate, "IM2"), (aside.Reason, aside.Name));
        Assert.Equal(2, series.Notes.Count);
    }

    [Fact]
    public void Mixed_studies_are_parted_and_the_rest_is_set_aside_with_its_reason()
    {
        using var folder = new StudyFolder();
        for (var i = 0; i < 4; i++)
        {
            folder.Add($"a/{i}", First, i, acquisition: 1);
            folder.Add($"b/{i}", First, i, acquisition: 2);
            folder.Add($"c/{i}", Second, i, positioned: false, instance: 9 - i);
        }

        folder.Add("scout", First, 0, type: @"ORIGINAL\PRIMARY\LOCALIZER");
        folder.Add("coronal", First, 0, orientation: @"1\0\0\0\0\-1");
        folder.Add("mr", Second, 0, modality: "MR");
        folder.Add("again", First, 77, uid: "1.2.826.0.1.3680043.8.498.11.1");
        File.WriteAllText(Path.Combine(folder.Path, "readme.txt"), "text");
        File.WriteAllBytes(Path.Combine(folder.Path, "cut"), File.ReadAllBytes(folder.Add("x", "9", 0))[..900]);
        File.Delete(Path.Combine(folder.Path, "x"));
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link"), Path.Combine(folder.Path, "mr"));
        using var study = CtStudy.Load(folder.Path);
        Assert.Equal([4, 4, 4], study.Series.Select(s => s.Slices.Count));
        Assert.Equal([First, First, Second], study.Series.Select(s => s.SeriesInstanceUid).Order());
        Assert.Equal(
            new Dictionary<string, CtSetAsideReason>
            {
                ["again"] = CtSetAsideReason.Duplicate,
                ["coronal"] = CtSetAsideReason.NotAxial,
                ["cut"] = CtSetAsideReason.Unreadable,
                ["link"] = CtSetAsideReason.Link,
                ["mr"] = CtSetAsideReason.NotCt,
                ["readme.txt"] = CtSetAsideReason.NotDicom,
                ["scout"] = CtSetAsideReason.Localizer,
            },
            study.SetAside.OrderBy(s => s.Name, StringComparer.Ordinal).ToDictionary(s => s.Name, s => s.Reason));
        var unplaced = study.Series.Single(s => s.SeriesInstanceUid == Second);
        Assert.Equal(CtSliceOrder.InstanceNumber, unplaced.Order);
        Assert.Equal([6, 7, 8, 9], unplaced.Slices.Select(s => s.InstanceNumber!.Value));
    }

    [Fact]
    public void An_archive_gives_what_its_folder_gives_and_its_names_lead_nowhere()
    {
        using var folder = new StudyFolder();
        for (var i = 0; i < 3; i++)
        {
            folder.Add($"deep/er/{i}", First, i);
        }

        var zip = folder.ToZip("study.zip");
        var outside = Path.Combine(Path.GetTempPath(), "covidctnet-slip");
        try
        {
            using (var archive = ZipFile.Open(zip, ZipArchiveMode.Update))
            {
                using var entry = archive.CreateEntry("../covidctnet-slip").Open();
                entry.Write("slipped"u8);
            }

            using var study = CtStudy.Load(zip);
            using var plain = CtStudy.Load(folder.Path);
            Assert.Equal(3, Assert.Single(study.Series).Slices.Count);
            Assert.Equal(plain.Series[0].Slices.Select(s => s.Load().Pixels.ToArray()), study.Series[0].Slices.Select(s => s.Load().Pixels.ToArray()));
            Assert.Equal(CtSetAsideReason.NotDicom, Assert.Single(study.SetAside).Reason);
            Assert.False(File.Exists(outside));
            study.Dispose();
            Assert.Throws<ObjectDisposedException>(() => study.Series[0].Slices[0].Load());
        }
        finally
        {
            File.Delete(zip);
        }
    }

    [Fact]
    public void Zip_bombs_and_damaged_archives_are_typed_errors_or_set_aside()
    {
        var path = Path.Combine(Path.GetTempPath(), $"covidctnet-{Guid.NewGuid():N}.zip");
        try
        {
            using (var archive = ZipFile.Open(path, ZipArchiveMode.Create))
            {
                using var entry = archive.CreateEntry("bomb").Open();
                var zeros = new byte[1 << 20];
                for (var i = 0; i < 32; i++)
                {
                    entry.Write(zeros);
                }
            }

            var options = new CtStudyOptions { ImageLimits = new CtImageLimits { MaximumFileBytes = 1 << 20 } };
            using (var study = CtStudy.Load(path, options))
            {
                Assert.Equal(CtSetAsideReason.TooLarge, Assert.Single(study.SetAside).Reason);
            }

            var whole = File.ReadAllBytes(path);
            for (var length = 4; length < whole.Length; length += 101)
            {
                File.WriteAllBytes(path, whole[..length]);
                Assert.ThrowsAny<CtImageException>(() => CtStudy.Load(path).Dispose());
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Too_many_files_are_refused_before_they_are_read()
    {
        using var folder = new StudyFolder();
        for (var i = 0; i < 5; i++)
        {
            folder.Add($"{i}", First, i);
        }

        var zip = folder.ToZip("many.zip");
        try
        {
            var options = new CtStudyOptions { MaximumFiles = 4 };
            Assert.Contains("MaximumFiles", Assert.Throws<CtImageTooLargeException>(() => CtStudy.Load(folder.Path, options)).Cure, StringComparison.Ordinal);
            Assert.Contains("MaximumFiles", Assert.Throws<CtImageTooLargeException>(() => CtStudy.Load(zip, options)).Cure, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(zip);
        }
    }

    [Theory]
    [InlineData(@"1\0\0\0\1\0", 0, 0)]
    [InlineData(@"-1\0\0\0\1\0", 95, 0)]
    [InlineData(@"1\0\0\0\-1\0", 0, 79)]
    [InlineData(@"-1\0\0\0\-1\0", 95, 79)]
    public void Slices_are_turned_so_that_columns_run_to_the_left_and_rows_to_the_back(string orientation, int x, int y)
    {
        using var folder = new StudyFolder();
        var file = CtImage.Load(folder.Add("s", First, 0, orientation: orientation));
        using var study = CtStudy.Load(folder.Path);
        var upright = study.Series[0].Slices[0].Load();
        Assert.Equal(file[x, y], upright[0, 0]);
        Assert.Equal(file[Math.Abs(x - 7), Math.Abs(y - 3)], upright[7, 3]);
    }

    [Theory]
    [InlineData(@"0\1\0\1\0\0", false, false)]
    [InlineData(@"0\1\0\-1\0\0", true, false)]
    [InlineData(@"0\-1\0\1\0\0", false, true)]
    [InlineData(@"0\-1\0\-1\0\0", true, true)]
    public void Quarter_turns_are_undone(string orientation, bool rowsToTheRight, bool columnsToTheFront)
    {
        using var folder = new StudyFolder();
        var file = CtImage.Load(folder.Add("s", First, 0, orientation: orientation));
        using var study = CtStudy.Load(folder.Path);
        var upright = study.Series[0].Slices[0].Load();
        Assert.Equal((80, 96), (upright.Width, upright.Height));

        // Leftward in the patient is along the rows of the file here, backward along its columns.
        Assert.Equal(file[columnsToTheFront ? 95 - 5 : 5, rowsToTheRight ? 79 - 9 : 9], upright[9, 5]);
    }

    [Fact]
    public void A_volume_is_a_series_from_feet_to_head()
    {
        using var study = CtStudy.Load(HospitalFiles.PathOf("n1_1_201.nii"));
        var series = Assert.Single(study.Series);
        Assert.Null(series.SeriesInstanceUid);
        Assert.True(series.Slices.Zip(series.Slices.Skip(1)).All(p => p.First.Location < p.Second.Location));
        Assert.Equal(CtImage.LoadAll(HospitalFiles.PathOf("n1_1_201.nii")).Select(i => i.Pixels.ToArray()), series.Slices.Select(s => s.Load().Pixels.ToArray()));
    }

    [Fact]
    public void The_published_files_are_parted_as_their_headers_say()
    {
        using var study = CtStudy.Load(RealData.Require("dicom"));
        Assert.Contains(study.SetAside, s => s is { Reason: CtSetAsideReason.Localizer, Name: "fo-dicom__GH342.dcm" });
        Assert.Contains(study.SetAside, s => s is { Reason: CtSetAsideReason.NotCt, Name: "fo-dicom__CT-MONO2-16-ankle" });
        Assert.Contains(study.SetAside, s => s is { Reason: CtSetAsideReason.NotDicom, Name: "PROVENANCE.md" });
    }
}
