using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Samples.Train;

/// <summary>Names the files of class folders that were taken for no images: a set that is smaller than its folders should say so.</summary>
internal static class LeftOutFiles
{
    private const int Shown = 12;

    public static void Print(SliceManifest manifest)
    {
        foreach (var file in manifest.LeftOut.Take(Shown))
        {
            Console.Error.WriteLine($"left out {file}: no image by its name");
        }

        if (manifest.LeftOut.Count > Shown)
        {
            Console.Error.WriteLine($"left out {manifest.LeftOut.Count - Shown} more files that are no images by their names");
        }
    }
}
