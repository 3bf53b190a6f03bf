using System.Globalization;
using CovidCtNet.Lib.Explanation;
using CovidCtNet.Lib.Explanation.Agreement;
using CovidCtNet.Lib.Explanation.Annotations;
using CovidCtNet.Lib.Explanation.Pictures;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Onnx;
using CovidCtNet.Samples.Classify;
using Microsoft.ML.OnnxRuntime;
using Spectre.Console;

namespace CovidCtNet.Samples.Explain;

/// <summary>One run of the command: find, load, explain, compare, report.</summary>
internal sealed class ExplainRun(IAnsiConsole console, TextWriter errors)
{
    private const int PhantomSeed = 4;
    private const int PhantomOpacities = 5;

    /// <returns>A value of <see cref="ExitCode"/>.</returns>
    public int Run(ExplainRequest request, CancellationToken cancellationToken)
    {
        try
        {
            using var model = ExplainedModel.Open(request.ModelPath, request.Input);
            console.WriteLine($"{model.Title}. Model attention, not findings. Research use, not a medical device.");
            if (request.ListLayers)
            {
                ListLayers(model.Explainer);
                return ExitCode.Success;
            }

            var found = SliceFinder.Find(request.Paths, null, cancellationToken);
            if (found.Count == 0 && request.Paths.Count > 0)
            {
                errors.WriteLine($"There are no pictures in {string.Join(", ", request.Paths)}.");
                return ExitCode.Unreadable;
            }

            Directory.CreateDirectory(request.OutputFolder);
            return Explain(model.Explainer, request, found, cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            errors.WriteLine("Stopped. Pictures made so far are complete; no tables were written.");
            return ExitCode.Cancelled;
        }
        catch (Exception e) when (IsExpected(e))
        {
            errors.WriteLine(e.Message);
            return ExitCode.Usage;
        }
    }

    /// <summary>Whether the message of an exception says all that a user needs.</summary>
    public static bool IsExpected(Exception e) =>
        e is CovidCtModelException or ExplanationException or OnnxException or AnnotationException or CtImageException or IOException or UnauthorizedAccessException or ArgumentException or OnnxRuntimeException;

    private int Explain(GraphExplainer explainer, ExplainRequest request, IReadOnlyList<FoundFile> found, CancellationToken cancellationToken)
    {
        var jobs = Jobs(request, explainer);
        var names = new SliceNames(request.Paths, found.Where(f => f.Error is null).Select(f => f.Path));
        var masks = new Annotations(request.Masks, names, errors);
        var lungs = new Annotations(request.Lungs, names, errors);
        List<SliceResult> results = [];
        var faithfulness = new FaithfulnessTable();
        var unreadable = 0;
        void One(CtImage image, string name, string group, InfectionAnnotation? annotation, bool[]? lung, bool faithful)
        {
            var maps = jobs.Select(job => explainer.Explain(image, job.Method, job.Options, null, cancellationToken)).ToArray();
            var agreed = annotation?.Regions.Count > 0 ? annotation : null;
            var blob = agreed is null ? null : MaskAgreement.OfCentredBlob(agreed);
            for (var i = 0; i < jobs.Count; i++)
            {
                var place = AttentionPlace.Compute(maps[i], lung);
                results.Add(new SliceResult(name, group, jobs[i].Label, maps[i].Source.Probability, place, agreed is null ? null : MaskAgreement.Compute(maps[i], agreed), blob));
                if (faithful)
                {
                    faithfulness.Add(explainer, image, jobs[i], maps[i], cancellationToken);
                }
            }

            Write(request, image, name, jobs, maps, annotation);
        }

        if (request.Paths.Count == 0)
        {
            var phantom = CtPhantom.Create(PhantomSeed, new CtPhantomOptions { Opacities = PhantomOpacities });
            console.WriteLine("No slices were given: a synthetic one with five opacities, whose mask is known. Its figures say nothing about patients.");
            One(phantom.Image, "phantom", "phantom", InfectionAnnotation.FromMask(phantom.OpacityMask, phantom.Image.Width, phantom.Image.Height, "opacity"), phantom.LungMask.ToArray(), request.Faithfulness > 0);
        }
        else
        {
            var every = Math.Max(1, found.Count / Math.Max(1, request.Faithfulness));
            for (var i = 0; i < found.Count; i++)
            {
                var (path, error) = found[i];
                try
                {
                    var image = error is null ? CtImage.Load(path) : throw new IOException($"{path}: {error}.");
                    One(image, names.Take(path), SliceGroups.Of(path, i, request.GroupSize), masks.Find(path, image), lungs.Find(path, image)?.ToMask(), request.Faithfulness > 0 && i % every == every / 2);
                }
                catch (Exception e) when (e is CtImageException or AnnotationException or IOException or UnauthorizedAccessException or ArgumentException)
                {
                    unreadable++;
                    errors.WriteLine(e.Message);
                }

                if ((i + 1) % 50 == 0)
                {
                    console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{i + 1} of {found.Count} slices"));
                }
            }
        }

        ResultTables.Write(console, request.OutputFolder, results);
        faithfulness.Write(console, request.OutputFolder);
        console.WriteLine($"Written to {request.OutputFolder}.");
        return unreadable > 0 ? ExitCode.Unreadable : ExitCode.Success;
    }

    private IReadOnlyList<MapJob> Jobs(ExplainRequest request, GraphExplainer explainer)
    {
        var isAll = request.Methods.Count == 0;
        foreach (var method in isAll ? Enum.GetValues<AttentionMethod>() : request.Methods)
        {
            if (MapJob.Obstacle(method, explainer) is { } obstacle)
            {
                var name = AttentionMethodNames.NameOf(method);
                if (!isAll)
                {
                    throw new ArgumentException($"There is no map by {name}: {obstacle}. Choose another --method.");
                }

                console.WriteLine($"{name} is left out: {obstacle}.");
            }
        }

        return MapJob.Of(request, explainer);
    }

    private static void Write(ExplainRequest request, CtImage image, string name, IReadOnlyList<MapJob> jobs, AttentionMap[] maps, InfectionAnnotation? annotation)
    {
        var options = new OverlayOptions { Annotation = annotation };
        string File(string ending) => Path.Combine(request.OutputFolder, $"{name}.{ending}");
        if (!request.TablesOnly || request.Candidates)
        {
            // The name has a folder where that tells slices of one file name apart.
            Directory.CreateDirectory(Path.GetDirectoryName(File("panel.png"))!);
        }

        for (var i = 0; i < jobs.Count; i++)
        {
            if (!request.TablesOnly)
            {
                maps[i].SaveOverlay(File($"{jobs[i].FileLabel}.png"), options);
                maps[i].SaveNpy(File($"{jobs[i].FileLabel}.npy"));
            }

            if (request.Candidates)
            {
                LabelMeFile.Write(File($"{jobs[i].FileLabel}.candidate.json"), InfectionAnnotation.FromMap(maps[i]));
            }
        }

        if (!request.TablesOnly)
        {
            AttentionPanel.Save(File("panel.png"), image, maps, options with { Title = name });
        }
    }

    private void ListLayers(GraphExplainer explainer)
    {
        // Plain lines: a table breaks long names, which are there to be copied.
        foreach (var layer in explainer.TargetLayers)
        {
            var mark = layer.Name == explainer.DefaultTargetLayer ? "  (default)" : string.Empty;
            console.Profile.Out.Writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{layer.Name}  {layer.Operator} {layer.Channels} x {layer.Height} x {layer.Width}{mark}"));
        }
    }
}
