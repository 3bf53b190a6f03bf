// An application that references nothing but the packages.
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;
using CovidCtNet.Lib.Transforms;
using Microsoft.ML;

using var model = CovidCtModel.LoadDefault();
var folder = Directory.CreateTempSubdirectory().FullName;
var file = Path.Combine(folder, "phantom.png");
CtPhantom.Create(7).Image.SavePng(file);

CtPrediction p = model.Predict(CtImage.Load(file));

Console.WriteLine($"{p.Probability:P1} {p.Label} by {model.Contract.Name} {model.Contract.Version} on {model.Provider}");

// The ML.NET way: a pipeline from path to probability, saved, and loaded by ML.NET alone.
var ml = new MLContext();
var data = ml.Data.LoadFromEnumerable([new Slice { Path = file }]);
var saved = Path.Combine(folder, "pipeline.zip");
ml.Model.Save(ml.Transforms.ScoreCovidCt(model).Fit(data), data.Schema, saved);
var plain = new MLContext().Model.Load(saved, out _).Transform(data);
var loaded = ml.Data.CreateEnumerable<Score>(plain, reuseRowObject: false).Single();
using var batched = new MLContext().Model.LoadCovidCt(saved, out _);
var again = ml.Data.CreateEnumerable<Score>(batched.Transform(data), reuseRowObject: false).Single();
Console.WriteLine($"{loaded.Probability:P1} by ML.NET alone, {again.Probability:P1} in batches");
Directory.Delete(folder, recursive: true);
return Math.Abs(loaded.Probability - p.Probability) < 1e-4 && Math.Abs(again.Probability - p.Probability) < 1e-4 ? 0 : 1;

internal sealed class Slice
{
    public string Path { get; set; } = string.Empty;
}

internal sealed class Score
{
    public float Probability { get; set; }
}
