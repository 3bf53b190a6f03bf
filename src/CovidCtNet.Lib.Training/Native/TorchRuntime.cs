using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace CovidCtNet.Lib.Training.Native;

/// <summary>
/// Loads the native libraries of TorchSharp. Every entry point of this assembly calls <see cref="EnsureLoaded"/>; code that uses
/// TorchSharp before them calls it once itself.
/// </summary>
/// <remarks>
/// TorchSharp's native library asks for libstdc++ symbol version <c>GLIBCXX_3.4.32</c>, which Debian 12 and other stable
/// distributions lack, although no relocation uses it. Where a plain load fails for that reason, a copy in the user's cache with
/// that one need marked weak is loaded instead. See <c>docs/decisions/torchsharp-on-debian-12.md</c>.
/// </remarks>
public static class TorchRuntime
{
    private const string MissingVersion = "GLIBCXX_3.4.32";
    private const string BindingLibrary = "libLibTorchSharp.so";
    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Loads the native libraries, once for the process.</summary>
    /// <exception cref="TorchNotAvailableException">They are absent or cannot be loaded; the message names the cure.</exception>
    public static void EnsureLoaded() => _ = Loaded.Value;

    private static bool Load()
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                PreloadOnLinux();
            }

            using var probe = TorchSharp.torch.zeros(1);
            return true;
        }
        catch (Exception e) when (e is TypeInitializationException or DllNotFoundException or NotSupportedException or BadImageFormatException or EntryPointNotFoundException)
        {
            throw new TorchNotAvailableException(
                "The native libraries of TorchSharp could not be loaded. Add the libtorch package of this machine to the application: "
                + "libtorch-cpu-linux-x64, libtorch-cpu-win-x64 or libtorch-cpu-osx-arm64, version 2.10.0.", e);
        }
    }

    private static void PreloadOnLinux()
    {
        var folder = FindFolder();
        if (folder is null)
        {
            return; // TorchSharp's own search has the last word, and its failure is reported by Load.
        }

        // In dependency order, by absolute path: the binding library is found in another folder below.
        foreach (var pattern in (string[])["libgomp-*.so.1", "libc10.so", "libtorch_cpu.so", "libtorch.so"])
        {
            foreach (var library in Directory.EnumerateFiles(folder, pattern))
            {
                NativeLibrary.Load(library);
            }
        }

        var binding = Path.Combine(FindFolder(BindingLibrary) ?? folder, BindingLibrary);
        if (!NativeLibrary.TryLoad(binding, out _))
        {
            // The dynamic loader then finds the copy by its SONAME when TorchSharp asks for it.
            NativeLibrary.Load(PatchedCopy(binding));
        }
    }

    private static string? FindFolder(string library = "libtorch_cpu.so")
    {
        var folders = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory);
        return folders.FirstOrDefault(f => File.Exists(Path.Combine(f, library)));
    }

    private static string PatchedCopy(string original)
    {
        var bytes = File.ReadAllBytes(original);
        var key = Convert.ToHexStringLower(SHA256.HashData(bytes))[..16];
        var cache = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "CovidCtNet", "native", key);
        if (!Path.IsPathRooted(cache))
        {
            cache = Path.Combine(Path.GetTempPath(), "CovidCtNet-" + Environment.UserName, "native", key);
        }

        var target = Path.Combine(cache, BindingLibrary);
        if (ElfSymbolVersions.MakeWeak(bytes, MissingVersion) == 0)
        {
            throw new DllNotFoundException($"'{original}' cannot be loaded, and not because of {MissingVersion}.");
        }

        // Rewritten where it differs, so that a damaged or foreign file in the cache is never loaded.
        if (!File.Exists(target) || !File.ReadAllBytes(target).AsSpan().SequenceEqual(bytes))
        {
            Directory.CreateDirectory(cache);
            var temporary = Path.Combine(cache, Path.GetRandomFileName());
            File.WriteAllBytes(temporary, bytes);
            File.Move(temporary, target, overwrite: true);
        }

        return target;
    }
}
