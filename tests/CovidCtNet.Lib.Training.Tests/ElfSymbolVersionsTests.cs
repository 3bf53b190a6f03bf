using CovidCtNet.Lib.Training.Native;

namespace CovidCtNet.Lib.Training.Tests;

public class ElfSymbolVersionsTests
{
    [Fact]
    public void Only_the_named_version_need_is_made_weak()
    {
        var library = Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).FirstOrDefault();
        Assert.SkipWhen(library is null, "No Linux build of TorchSharp here.");
        var original = File.ReadAllBytes(library!);
        var patched = (byte[])original.Clone();

        var changed = ElfSymbolVersions.MakeWeak(patched, "GLIBCXX_3.4.32");

        Assert.Equal(1, changed);
        Assert.Equal(1, original.Zip(patched).Count(p => p.First != p.Second));
        Assert.Equal(0, ElfSymbolVersions.MakeWeak(patched, "GLIBCXX_9.9.99"));
    }

    [Fact]
    public void What_is_no_elf_library_is_refused() =>
        Assert.Throws<InvalidDataException>(() => ElfSymbolVersions.MakeWeak(new byte[128], "GLIBCXX_3.4.32"));
}
