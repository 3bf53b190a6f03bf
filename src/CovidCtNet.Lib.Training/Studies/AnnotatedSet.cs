using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Lib.Training.Studies;

/// <summary>Slices with readers' infection and lung masks, in three folders under the same file names.</summary>
public sealed record AnnotatedSet
{
    /// <summary>Folder of the slices; what stands before the first underscore of a file name is its volume.</summary>
    public required string Images { get; init; }

    /// <summary>Folder of the infection masks; pixels above 0 are infected.</summary>
    public required string Infection { get; init; }

    /// <summary>Folder of the lung masks; pixels above 0 are lung.</summary>
    public required string Lung { get; init; }

    /// <summary>Infected pixels above which a slice counts as infected; those with fewer but some are left out.</summary>
    public int MinimumInfected { get; init; } = 300;

    /// <summary>Lung pixels a slice needs to count at all.</summary>
    public int MinimumLung { get; init; } = 5000;

    /// <summary>The slices with enough lung.</summary>
    internal IReadOnlyList<(string Path, string Group, int Infected, double Share)> Cases(CancellationToken cancellationToken)
    {
        var files = Directory.Exists(Images) ? Directory.GetFiles(Images) : [];
        Array.Sort(files, StringComparer.Ordinal);
        var cases = new List<(string, string, int, double)>();
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var name = Path.GetFileName(file);
            var lung = Set(Path.Combine(Lung, name));
            var infected = Set(Path.Combine(Infection, name));
            if (lung > MinimumLung)
            {
                cases.Add((file, name.Split('_')[0], infected, (double)infected / lung));
            }
        }

        return cases.Count > 1 ? cases : throw new DatasetException($"'{Images}' holds no two slices with more than {MinimumLung} lung pixels.", []);
    }

    private static int Set(string mask)
    {
        if (!File.Exists(mask))
        {
            throw new DatasetException($"The mask '{mask}' is missing: every slice needs an infection and a lung mask of its name.", []);
        }

        var count = 0;
        foreach (var value in CtImage.Load(mask).Pixels)
        {
            count += value > 0 ? 1 : 0;
        }

        return count;
    }
}
