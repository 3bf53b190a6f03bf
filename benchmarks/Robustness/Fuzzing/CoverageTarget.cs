using SharpFuzz;

namespace CovidCtNet.Robustness.Fuzzing;

/// <summary>A reader as AFL++ drives it: a case on standard input, coverage from the instrumented library, an exception that is not documented as a crash.</summary>
internal static class CoverageTarget
{
    public static void Run(string name)
    {
        var target = FuzzTargets.Find(name);
        Fuzzer.Run(stream =>
        {
            using var data = new MemoryStream();
            stream.CopyTo(data);
            try
            {
                target.Read(data.ToArray());
            }
            catch (Exception e) when (target.IsExpected(e))
            {
                // Refused by type, as it should be.
            }
        });
    }

    public static void WriteSeeds(string name, string folder)
    {
        Directory.CreateDirectory(folder);
        foreach (var (index, seed) in FuzzTargets.Find(name).Seeds().Index())
        {
            File.WriteAllBytes(Path.Combine(folder, $"{index}"), seed);
        }
    }
}
