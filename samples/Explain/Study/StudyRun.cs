using System.Diagnostics;
using System.Globalization;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Agreement;
using CovidCtNet.Lib.Explanation.Annotations;
using CovidCtNet.Lib.Explanation.Faithfulness;
using CovidCtNet.Lib.Explanation.Pictures;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Samples.Explain.Study;

/// <summary>One run of the study over all sets.</summary>
internal sealed class StudyRun(StudyRequest request)
{
    private const int GalleryCases = 4;
    private readonly List<StudyRow> _rows = [];
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public void Run(CancellationToken cancellationToken)
    {
        using var model = request.ModelPath is null ? CovidCtModel.LoadDefault() : CovidCtModel.Load(request.ModelPath);
        var sets = StudySet.Find(request.Data, cancellationToken);
        Directory.CreateDirectory(request.OutputFolder);
        Say($"{model.Contract.Name} {model.Contract.Version}, default map {StudyMaps.DefaultLabel}. Model attention, not findings. Research use, not a medical device.");
        foreach (var set in sets)
        {
            Agreement(model, set, cancellationToken);
            Faithfulness(model.Explainer, set, cancellationToken);
        }

        var report = new StudyReport(model, request, sets, _rows);
        CsvFile.Write(Path.Combine(request.OutputFolder, "study.csv"), [StudyRow.Header, .. _rows.Select(r => r.ToCsv())]);
        var fragment = report.ToMarkdown();
        StudyReport.Write(Path.Combine(request.OutputFolder, "study.md"), fragment);
        if (request.Document is { } document)
        {
            StudyReport.Insert(document, fragment);
        }

        Say($"Written to {request.OutputFolder}.");
    }

    private void Agreement(CovidCtModel model, StudySet set, CancellationToken cancellationToken)
    {
        var explainer = model.Explainer;
        var slices = set.Draw(request.Slices, request.Seed);
        var slow = set.Draw(Math.Min(request.SlowSlices, slices.Count), request.Seed).ToHashSet();
        var ceilings = StudyMaps.Layers(explainer).Select(l => (l.Width, l.Height)).Distinct().ToDictionary(g => g, _ => new List<double>());
        List<SliceResult> results = [];
        List<(StudySlice Slice, double Ratio)> defaults = [];
        List<SliceResult> cropped = [];
        List<SliceResult> near = [];
        for (var i = 0; i < slices.Count; i++)
        {
            var (image, annotation, lungs) = Load(slices[i]);
            var blob = MaskAgreement.OfCentredBlob(annotation);
            foreach (var job in slow.Contains(slices[i]) ? StudyMaps.Quick(explainer).Concat(StudyMaps.Slow()) : StudyMaps.Quick(explainer))
            {
                var map = model.Explain(image, job.Method, job.Options, null, cancellationToken);
                var agreement = MaskAgreement.Compute(map, annotation);
                results.Add(new SliceResult(slices[i].Name, slices[i].Group, job.Label, map.Source.Probability, AttentionPlace.Compute(map, lungs), agreement, blob));
                if (job.Label == StudyMaps.DefaultLabel)
                {
                    defaults.Add((slices[i], agreement.EnergyRatio));
                    near.Add(results[^1] with { Label = "hit within 1 pixel of the input", Agreement = MaskAgreement.Compute(map, annotation, OnePixel(map.Placement)) });
                    near.Add(results[^1] with { Label = "hit within 15 pixels of 512", Agreement = MaskAgreement.Compute(map, annotation, Near(image)) });
                }
            }

            if (LungCrop.Of(image, annotation, lungs) is { } crop)
            {
                var map = model.Explain(crop.Image, AttentionMethod.FusedGradCam, null, null, cancellationToken);
                cropped.Add(new SliceResult(
                    slices[i].Name, slices[i].Group, "cut to the lungs", map.Source.Probability, AttentionPlace.Compute(map), MaskAgreement.Compute(map, crop.Annotation), MaskAgreement.OfCentredBlob(crop.Annotation)));
            }

            foreach (var (grid, energies) in ceilings)
            {
                energies.Add(GridCeiling.Energy(annotation, grid.Width, grid.Height));
            }

            if ((i + 1) % 20 == 0)
            {
                Say($"{set.Name}: {i + 1} of {slices.Count} slices");
            }
        }

        Summarise(set, "agreement", results);
        Places(set, results);
        var mean = results.Where(r => r.Label == results[0].Label).Average(r => r.Agreement!.AreaShare);
        foreach (var (grid, energies) in ceilings)
        {
            _rows.Add(StudyRow.Of(set.Name, "ceiling", string.Create(CultureInfo.InvariantCulture, $"mask on a grid of {grid.Width} x {grid.Height}"), "energy ratio", energies.Average() / mean, 1, slices.Count, 0));
        }

        // Why a map fails: where the model sees no infection it has nothing to point at, small masks are finer than the grid, and slices
        // framed otherwise than those that the model learned from are strange to it.
        var defaultMaps = results.Where(r => r.Label == StudyMaps.DefaultLabel).ToArray();
        var median = defaultMaps.Select(r => r.Agreement!.AreaShare).Order().ElementAt(defaultMaps.Length / 2);
        Summarise(set, "why", [.. defaultMaps.Select(r => r with { Label = r.Probability >= model.Contract.Threshold ? "called positive" : "called negative" })]);
        Summarise(set, "why", [.. defaultMaps.Select(r => r with { Label = r.Agreement!.AreaShare >= median ? "larger half of the masks" : "smaller half of the masks" })]);
        Summarise(set, "why", cropped);
        Summarise(set, "why", near);
        Gallery(model, set, defaults, cancellationToken);
    }

    private void Summarise(StudySet set, string section, List<SliceResult> results)
    {
        foreach (var kind in results.GroupBy(r => r.Label))
        {
            var summary = AgreementSummary.Compute([.. kind.Select(r => r.Agreement!)], [.. kind.Select(r => r.Blob!)], [.. kind.Select(r => r.Group)]);
            _rows.AddRange(summary.Figures.Select(f => StudyRow.Of(set.Name, section, kind.Key, f.Name, f.Value, f.CentredBlob.Estimate, f.Chance, summary.Slices, summary.Groups)));
            if (kind.Key == results[0].Label)
            {
                _rows.AddRange(summary.Figures.Select(f => StudyRow.Of(set.Name, section + " blob", "centred blob", f.Name, f.CentredBlob, double.NaN, f.Chance, summary.Slices, summary.Groups)));
            }
        }
    }

    private void Places(StudySet set, List<SliceResult> results)
    {
        foreach (var kind in results.GroupBy(r => r.Label))
        {
            var groups = kind.Select(r => r.Group).Distinct().Count();
            void Add(string place, Func<AttentionPlace, double> share, Func<AttentionPlace, double> area)
            {
                double[] known = [.. kind.Select(r => share(r.Place)).Where(double.IsFinite)];
                if (known.Length > 0)
                {
                    _rows.Add(StudyRow.Of(set.Name, "place", kind.Key, place, known.Average(), kind.Select(r => area(r.Place)).Where(double.IsFinite).Average(), known.Length, groups));
                }
            }

            Add("lungs", p => p.Lungs, p => p.LungArea);
            Add("border", p => p.Border, p => p.BorderArea);
            Add("corners", p => p.Corners, p => p.CornerArea);
        }
    }

    private void Faithfulness(GraphExplainer explainer, StudySet set, CancellationToken cancellationToken)
    {
        var slices = set.Draw(request.FaithfulSlices, request.Seed);
        foreach (var job in StudyMaps.Faithful(explainer))
        {
            List<(string Figure, double Value, double Chance)> found = [];
            foreach (var slice in slices)
            {
                var image = Load(slice).Image;
                var map = explainer.Explain(image, job.Method, job.Options, null, cancellationToken);
                var curves = PerturbationTest.Run(explainer, map, null, cancellationToken);
                var randomised = RandomisationTest.Run(explainer, image, job.Method, job.Options, steps: 2, cancellationToken: cancellationToken);
                var shifted = RepeatabilityTest.Run(explainer, image, job.Method, job.Options, Math.Max(1, Math.Min(image.Width, image.Height) / 64), cancellationToken);
                found.AddRange(
                [
                    ("deletion", curves.Deletion.Area, curves.RandomDeletion.Area),
                    ("insertion", curves.Insertion.Area, curves.RandomInsertion.Area),
                    ("half randomised", randomised[0].RankCorrelation, double.NaN),
                    ("all randomised", randomised[^1].RankCorrelation, double.NaN),
                    ("shifted", shifted.MeanCorrelation, double.NaN),
                ]);
            }

            foreach (var figure in found.GroupBy(f => f.Figure))
            {
                double[] finite = [.. figure.Select(f => f.Value).Where(double.IsFinite)];
                _rows.Add(StudyRow.Of(set.Name, "faithfulness", job.Label, figure.Key, finite.DefaultIfEmpty(double.NaN).Average(), figure.Average(f => f.Chance), finite.Length, 0));
            }

            Say($"{set.Name}: faithfulness of {job.Label}");
        }
    }

    /// <summary>Panels of the cases where the default map agrees best and worst.</summary>
    private void Gallery(CovidCtModel model, StudySet set, List<(StudySlice Slice, double Ratio)> cases, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(request.OutputFolder, "gallery");
        Directory.CreateDirectory(folder);
        var ordered = cases.OrderByDescending(c => c.Ratio).ToArray();
        var count = Math.Min(GalleryCases, ordered.Length / 2);
        foreach (var (kind, chosen) in ((string, (StudySlice Slice, double Ratio)[])[])[("good", ordered[..count]), ("bad", ordered[^count..])])
        {
            foreach (var (slice, ratio) in chosen)
            {
                var (image, annotation, _) = Load(slice);
                var maps = model.Explainer.Explain([image], [AttentionMethod.FusedGradCam, AttentionMethod.GradCam, AttentionMethod.GradCamPlusPlus, AttentionMethod.LayerCam, AttentionMethod.InputGradient], null, null, cancellationToken)[0];
                AttentionPanel.Save(
                    Path.Combine(folder, $"{set.Name} {kind} {slice.Name}.png"), image, maps, new OverlayOptions { Annotation = annotation, Title = string.Create(CultureInfo.InvariantCulture, $"{slice.Name}, energy ratio {ratio:0.0}") });
            }
        }
    }

    // The network cannot tell places apart that fall into one pixel of its input.
    private static MaskAgreementOptions OnePixel(CtPlacement placement) => new() { PointingTolerance = 1 / Math.Min(placement.ScaleX, placement.ScaleY) };

    // The pointing game of its authors counts a hit within 15 pixels of the object (Zhang et al. 2016, section 4.1), on pictures of about 500.
    private static MaskAgreementOptions Near(CtImage image) => new() { PointingTolerance = 15.0 * image.Width / 512 };

    private static (CtImage Image, InfectionAnnotation Annotation, bool[]? Lungs) Load(StudySlice slice) =>
        (CtImage.Load(slice.Image), InfectionAnnotation.LoadMask(slice.Infection), slice.Lung is null ? null : InfectionAnnotation.LoadMask(slice.Lung).ToMask());

    private void Say(string text) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"[{_clock.Elapsed:mm\\:ss}] {text}"));
}
