// Loads a folder of class folders, scores and evaluates it with ML.NET, saves the pipeline, loads it and scores again.
using System.Globalization;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms;
using CovidCtNet.Samples.MlNetPipeline;
using Microsoft.ML;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var work = Directory.CreateTempSubdirectory("mlnet-pipeline-");
try
{
    if (args is not ([] or [_]) || (args is [var given] && !Directory.Exists(given)))
    {
        Console.Error.WriteLine("usage: MlNetPipeline [folder with the sub-folders COVID and non-COVID]");
        return 1;
    }

    // Without a folder, synthetic slices: they show the way, their figures mean nothing.
    var folder = args is [var named] ? named : WritePhantoms(work.CreateSubdirectory("phantoms").FullName);
    SliceFile[] files =
    [
        .. from name in (string[])["COVID", "non-COVID"]
           let classFolder = Path.Combine(folder, name)
           where Directory.Exists(classFolder)
           from path in Directory.EnumerateFiles(classFolder).Order(StringComparer.Ordinal)
           select new SliceFile { Path = path, Label = name == "COVID" },
    ];
    if (files.Select(f => f.Label).Distinct().Count() < 2)
    {
        Console.Error.WriteLine($"{folder}: there are not images of both classes. Give a folder with the sub-folders COVID and non-COVID.");
        return 1;
    }

    var ml = new MLContext();
    using var model = CovidCtModel.LoadDefault();
    var data = ml.Data.LoadFromEnumerable(files);
    using var pipeline = ml.Transforms.ScoreCovidCt(model).Fit(data);
    var scored = ml.Data.Cache(pipeline.Transform(data));

    var evaluation = ml.BinaryClassification.EvaluateCovidCt(scored);
    Console.WriteLine($"{evaluation.Cases} slices, intervals as if slices were independent");
    Console.WriteLine($"AUC         {evaluation.Intervals!.Auc:F3}");
    Console.WriteLine($"sensitivity {evaluation.Intervals.Sensitivity:F3}");
    Console.WriteLine($"specificity {evaluation.Intervals.Specificity:F3}");
    Console.WriteLine($"ML.NET's own AUC {ml.BinaryClassification.Evaluate(scored).AreaUnderRocCurve:F3}");

    // One file with the model in it. ML.NET alone reads it row by row; LoadCovidCt in batches.
    var file = Path.Combine(work.FullName, "pipeline.zip");
    ml.Model.Save(pipeline, data.Schema, file);
    using var loaded = ml.Model.LoadCovidCt(file, out _);
    var again = ml.Data.CreateEnumerable<ScoredSlice>(loaded.Transform(data), reuseRowObject: false);
    var plain = ml.Data.CreateEnumerable<ScoredSlice>(ml.Model.Load(file, out _).Transform(data), reuseRowObject: false);
    var difference = again.Zip(plain, (a, b) => Math.Abs(a.Probability - b.Probability)).Max();
    Console.WriteLine($"Saved, loaded both ways and scored again: largest difference {difference:E1}");
    foreach (var slice in ml.Data.CreateEnumerable<ScoredSlice>(ml.Data.TakeRows(loaded.Transform(data), 5), reuseRowObject: false))
    {
        Console.WriteLine($"{slice.Probability,7:P1} {(slice.PredictedLabel ? "positive" : "negative")} {Path.GetFileName(slice.Path)}");
    }

    Console.WriteLine("Research use, not a medical device.");
    return difference < 1e-4 ? 0 : 1;
}
finally
{
    work.Delete(recursive: true);
}

static string WritePhantoms(string folder)
{
    for (var i = 0; i < 16; i++)
    {
        var file = Path.Combine(folder, i % 2 == 0 ? "COVID" : "non-COVID", $"phantom{i}.png");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        CtPhantom.Create(i, new CtPhantomOptions { Opacities = i % 2 == 0 ? 8 : 0 }).Image.SavePng(file);
    }

    return folder;
}
