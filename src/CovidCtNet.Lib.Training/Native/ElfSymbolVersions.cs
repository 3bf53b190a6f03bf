using System.Buffers.Binary;
using System.Text;

namespace CovidCtNet.Lib.Training.Native;

/// <summary>Changes the version needs of a 64-bit little-endian ELF library that is held in memory.</summary>
internal static class ElfSymbolVersions
{
    private const uint SectionTypeVersionNeed = 0x6ffffffe;
    private const ushort WeakFlag = 0x2;

    /// <summary>
    /// Marks the need for the symbol version <paramref name="version"/> as weak, so that a system library without that version is
    /// accepted by the dynamic loader.
    /// </summary>
    /// <returns>The number of entries changed; 0 where the library does not need that version.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a 64-bit little-endian ELF file.</exception>
    public static int MakeWeak(Span<byte> library, string version)
    {
        if (library.Length < 64 || !library[..6].SequenceEqual("\u007fELF\u0002\u0001"u8))
        {
            throw new InvalidDataException("Not a 64-bit little-endian ELF library.");
        }

        var sectionTable = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(library[0x28..]));
        var sectionSize = BinaryPrimitives.ReadUInt16LittleEndian(library[0x3a..]);
        var sectionCount = BinaryPrimitives.ReadUInt16LittleEndian(library[0x3c..]);
        var changed = 0;
        for (var i = 0; i < sectionCount; i++)
        {
            var header = library[(sectionTable + (i * sectionSize))..];
            if (BinaryPrimitives.ReadUInt32LittleEndian(header[4..]) == SectionTypeVersionNeed)
            {
                var needs = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(header[0x18..]));
                var linked = checked((int)BinaryPrimitives.ReadUInt32LittleEndian(header[0x28..]));
                var namesHeader = library[(sectionTable + (linked * sectionSize))..];
                var names = checked((int)BinaryPrimitives.ReadUInt64LittleEndian(namesHeader[0x18..]));
                changed += MakeWeakInSection(library, needs, names, version);
            }
        }

        return changed;
    }

    // Elf64_Verneed: version u16, count u16, file u32, first aux u32, next u32.
    // Elf64_Vernaux: hash u32, flags u16, other u16, name u32, next u32.
    private static int MakeWeakInSection(Span<byte> library, int needs, int names, string version)
    {
        var wanted = Encoding.ASCII.GetBytes(version + '\0');
        var changed = 0;
        for (var need = needs; ;)
        {
            var auxCount = BinaryPrimitives.ReadUInt16LittleEndian(library[(need + 2)..]);
            var aux = need + checked((int)BinaryPrimitives.ReadUInt32LittleEndian(library[(need + 8)..]));
            for (var i = 0; i < auxCount; i++)
            {
                var name = names + checked((int)BinaryPrimitives.ReadUInt32LittleEndian(library[(aux + 8)..]));
                if (library[name..].StartsWith(wanted))
                {
                    var flags = BinaryPrimitives.ReadUInt16LittleEndian(library[(aux + 4)..]);
                    BinaryPrimitives.WriteUInt16LittleEndian(library[(aux + 4)..], (ushort)(flags | WeakFlag));
                    changed++;
                }

                aux += checked((int)BinaryPrimitives.ReadUInt32LittleEndian(library[(aux + 12)..]));
            }

            var next = checked((int)BinaryPrimitives.ReadUInt32LittleEndian(library[(need + 12)..]));
            if (next == 0)
            {
                return changed;
            }

            need += next;
        }
    }
}
