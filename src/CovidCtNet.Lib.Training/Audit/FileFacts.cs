using System.Buffers.Binary;

namespace CovidCtNet.Lib.Training.Audit;

/// <summary>Properties of an image file that say nothing about a disease.</summary>
/// <param name="Bytes">Size of the file.</param>
/// <param name="ColorMode">Format and colour mode, such as <c>PNG RGBA</c>.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
/// <param name="Brightness">Mean intensity in [0, 1].</param>
internal sealed record FileFacts(long Bytes, string ColorMode, int Width, int Height, double Brightness)
{
    /// <summary>Reads format and colour mode from a file that has been decoded without an error.</summary>
    public static string ColorModeOf(ReadOnlySpan<byte> file)
    {
        if (file is [0x89, (byte)'P', ..] && file.Length > 25)
        {
            var color = file[25] switch { 0 => "gray", 2 => "RGB", 3 => "palette", 4 => "gray and alpha", 6 => "RGBA", _ => "unknown" };
            return $"PNG {color} {file[24]} bits";
        }

        return file switch
        {
            [0xFF, 0xD8, ..] => JpegComponents(file) switch { 1 => "JPEG gray", 3 => "JPEG colour", 4 => "JPEG four colours", _ => "JPEG" },
            [(byte)'I', (byte)'I', 42, 0, ..] or [(byte)'M', (byte)'M', 0, 42, ..] => "TIFF",
            _ when file.Length > 132 && file.Slice(128, 4).SequenceEqual("DICM"u8) => "DICOM",
            [(byte)'B', (byte)'M', ..] when file.Length > 29 => $"BMP {BinaryPrimitives.ReadUInt16LittleEndian(file[28..])} bits",
            _ => "unknown",
        };
    }

    // The number of components stands in the frame header SOFn (ITU-T T.81, B.2.2).
    private static int JpegComponents(ReadOnlySpan<byte> file)
    {
        for (var at = 2; at + 9 < file.Length && file[at] == 0xFF;)
        {
            var marker = file[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return file[at + 9];
            }

            at += marker == 0xFF ? 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(file[(at + 2)..]);
        }

        return 0;
    }
}
