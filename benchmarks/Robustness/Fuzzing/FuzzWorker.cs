using System.Globalization;

namespace CovidCtNet.Robustness.Fuzzing;

/// <summary>
/// Runs cases one after the other and says on standard output which one is next, so that the campaign knows which one crashed or hangs:
/// <c>case N</c>, <c>found N what</c>, <c>done read refused</c>.
/// </summary>
internal static class FuzzWorker
{
    // A file of a few kilobytes that makes a reader take more than this is a bomb that was not recognised.
    private const long MaximumAllocatedBytes = 1536L * 1024 * 1024;

    /// <summary>The bytes of one case: the same for the same numbers, always.</summary>
    public static byte[] CaseOf(FuzzTarget target, IReadOnlyList<byte[]> seeds, int seed, int index)
    {
        var random = new Random(HashOf(target.Name, seed, index));
        var data = Mutator.Mutate(seeds[random.Next(seeds.Count)], seeds, random);
        return target.Mend is null ? data : target.Mend(data, random);
    }

    public static int Run(string name, int seed, int first, int count)
    {
        var target = FuzzTargets.Find(name);
        var seeds = target.Seeds();
        if (seeds.Count == 0)
        {
            Console.WriteLine($"found {first} there are no sound files to start from");
            return 1;
        }

        var (read, refused) = (0, 0);
        for (var index = first; index < first + count; index++)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"case {index}"));
            var data = CaseOf(target, seeds, seed, index);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                target.Read(data);
                read++;
            }
            catch (Exception e) when (target.IsExpected(e))
            {
                refused++;
            }
            catch (Exception e)
            {
                Console.WriteLine($"found {index} {Describe(e)}");
            }

            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (allocated > MaximumAllocatedBytes)
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"found {index} {allocated >> 20} MiB allocated for a file of {data.Length} bytes"));
            }
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"done {read} {refused}"));
        ScratchFile.RemoveAll();
        return 0;
    }

    public static int Replay(string name, int seed, int index, string folder)
    {
        var target = FuzzTargets.Find(name);
        var data = CaseOf(target, target.Seeds(), seed, index);
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, string.Create(CultureInfo.InvariantCulture, $"{name}-{seed}-{index}"));
        File.WriteAllBytes(path, data);
        Console.WriteLine($"{data.Length} bytes: {path}");
        try
        {
            target.Read(data);
            Console.WriteLine("It was read.");
        }
        catch (Exception e)
        {
            Console.WriteLine(e);
            return target.IsExpected(e) ? 0 : 1;
        }

        return 0;
    }

    private static string Describe(Exception e)
    {
        var place = e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("CovidCtNet.Lib", StringComparison.Ordinal))?.Trim() ?? "";
        return $"{e.GetType().Name}: {e.Message.ReplaceLineEndings(" ")} {place}";
    }

    /// <summary>FNV-1a: string hash codes differ from run to run.</summary>
    private static int HashOf(string name, int seed, int index)
    {
        var hash = 2166136261u;
        foreach (var c in string.Create(CultureInfo.InvariantCulture, $"{name}:{seed}:{index}"))
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)hash;
    }
}
