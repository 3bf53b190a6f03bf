using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Samples.Classify;

/// <summary>Synthetic slices in a temporary folder, for a first run on a machine without any.</summary>
internal sealed class PhantomFolder : IDisposable
{
    private const int Pairs = 3;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("covidctnet-phantoms-");

    public PhantomFolder()
    {
        for (var seed = 1; seed <= Pairs; seed++)
        {
            CtPhantom.Create(seed).Image.SavePng(System.IO.Path.Combine(Path, $"phantom-{seed}-clear.png"));
            CtPhantom.Create(seed, new CtPhantomOptions { Opacities = 5 }).Image.SavePng(System.IO.Path.Combine(Path, $"phantom-{seed}-opacities.png"));
        }
    }

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
