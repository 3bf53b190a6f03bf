using System.Diagnostics;
using System.Runtime.InteropServices;

namespace CovidCtNet.Robustness.Endurance;

/// <summary>Memory that the process holds when nobody keeps what is free.</summary>
internal static partial class ResidentMemory
{
    private static bool _trims = OperatingSystem.IsLinux();

    /// <summary>
    /// MiB after the garbage collector and the allocator of the C library gave back what is free: the least of three looks, since the runtime
    /// compiles code anew in the background and takes some 4 MiB while it does. What leaks is in each look.
    /// </summary>
    public static double Measure() => Enumerable.Range(0, 3).Min(_ =>
    {
        Thread.Sleep(200);
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        GC.WaitForPendingFinalizers();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Trim();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1024.0 / 1024.0;
    });

    private static void Trim()
    {
        if (!_trims)
        {
            return;
        }

        try
        {
            _ = MallocTrim(0);
        }
        catch (Exception e) when (e is EntryPointNotFoundException or DllNotFoundException)
        {
            // Only glibc has it.
            _trims = false;
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int MallocTrim(nint pad);
}
