using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace CovidCtNet.Lib.Benchmarks;

/// <summary>What the machine is, for file names and headings.</summary>
internal static class MachineName
{
    /// <summary>Such as "AMD EPYC, 2 processors, AVX-512".</summary>
    public static string Describe() => string.Create(
        CultureInfo.InvariantCulture, $"{Processor()}, {Environment.ProcessorCount} processors, {Instructions()}, {DateTime.UtcNow:yyyy-MM-dd}");

    /// <summary>A file below docs/benchmarks of the source tree, or below the working folder where there is none.</summary>
    public static string ResultPath(string name, string extension)
    {
        var root = new DirectoryInfo(AppContext.BaseDirectory);
        while (root is not null && !File.Exists(Path.Combine(root.FullName, "CovidCtNet.Lib.sln")))
        {
            root = root.Parent;
        }

        var folder = Directory.CreateDirectory(Path.Combine(root?.FullName ?? Environment.CurrentDirectory, "docs", "benchmarks"));
        return Path.Combine(folder.FullName, $"{Slug()}-{name}.{extension}");
    }

    private static string Slug() => string.Create(
        CultureInfo.InvariantCulture,
        $"{new string([.. Processor().ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-')]).Trim('-')}-{Environment.ProcessorCount}");

    private static string Instructions() => Avx512F.IsSupported ? "AVX-512" : Avx2.IsSupported ? "AVX2" : "other instructions";

    private static string Processor()
    {
        const string File = "/proc/cpuinfo";
        var line = System.IO.File.Exists(File) ? System.IO.File.ReadLines(File).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? "processor";
    }
}
