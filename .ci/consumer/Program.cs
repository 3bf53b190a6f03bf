// An application that references nothing but the packages.
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Inference;

using var model = CovidCtModel.LoadDefault();
var folder = Directory.CreateTempSubdirectory().FullName;
var file = Path.Combine(folder, "phantom.png");
CtPhantom.Create(7).Image.SavePng(file);

CtPrediction p = model.Predict(CtImage.Load(file));

Console.WriteLine($"{p.Probability:P1} {p.Label} by {model.Contract.Name} {model.Contract.Version} on {model.Provider}");
Directory.Delete(folder, recursive: true);
return p.Probability is >= 0 and <= 1 ? 0 : 1;
