using System.Globalization;
using System.IO.Compression;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Imaging.Dicom;

namespace CovidCtNet.Lib.Tests.Imaging.Hospital;

/// <summary>A study of phantoms, written slice by slice into a folder of its own.</summary>
internal sealed class StudyFolder : IDisposable
{
    public const string Study = "1.2.826.0.1.3680043.8.498.10";
    private static readonly byte[] Pixels = PixelsOf(CtPhantom.Create(3, new CtPhantomOptions { Width = 96, Height = 80 }).Image);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("covidctnet-study-");
    private int _objects;

    public string Path => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);

    public string Add(
        string name, string series, double place, int instance = 1, string modality = "CT", string type = @"ORIGINAL\PRIMARY\AXIAL",
        string orientation = @"1\0\0\0\1\0", string? uid = null, int? acquisition = null, bool positioned = true, byte[]? pixels = null)
    {
        var set = new DicomWriter()
            .Text(8, 8, "CS", type)
            .Text(8, 0x16, "UI", "1.2.840.10008.5.1.4.1.1.2")
            .Text(8, 0x18, "UI", uid ?? string.Create(CultureInfo.InvariantCulture, $"1.2.826.0.1.3680043.8.498.11.{++_objects}"))
            .Text(8, 0x60, "CS", modality)
            .Text(0x10, 0x10, "PN", "Secret^Patient")
            .Text(0x10, 0x20, "LO", "SECRET-1")
            .Text(0x20, 0xD, "UI", Study)
            .Text(0x20, 0xE, "UI", series)
            .Text(0x20, 0x13, "IS", instance.ToString(CultureInfo.InvariantCulture))
            .Words(0x28, 2, 1).Text(0x28, 4, "CS", "MONOCHROME2").Words(0x28, 0x10, 80).Words(0x28, 0x11, 96)
            .Words(0x28, 0x100, 16).Words(0x28, 0x101, 16).Words(0x28, 0x102, 15).Words(0x28, 0x103, 1)
            .Text(0x28, 0x1050, "DS", "40").Text(0x28, 0x1051, "DS", "400")
            .Text(0x28, 0x1052, "DS", "0").Text(0x28, 0x1053, "DS", "1")
            .Bytes(0x7FE0, 0x10, "OW", pixels ?? Pixels);
        if (positioned)
        {
            set.Text(0x20, 0x32, "DS", string.Create(CultureInfo.InvariantCulture, $@"0\0\{place}")).Text(0x20, 0x37, "DS", orientation);
        }

        if (acquisition is { } number)
        {
            set.Text(0x20, 0x12, "IS", number.ToString(CultureInfo.InvariantCulture));
        }

        var path = System.IO.Path.Combine(Path, name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        using var file = File.Create(path);
        set.WriteFile(file);
        return path;
    }

    public string ToZip(string name)
    {
        var path = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"covidctnet-{Guid.NewGuid():N}-{name}");
        ZipFile.CreateFromDirectory(Path, path);
        return path;
    }

    public static byte[] PixelsOf(CtImage image)
    {
        var bytes = new byte[image.Pixels.Length * 2];
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            BitConverter.TryWriteBytes(bytes.AsSpan(2 * i), (short)image.Pixels[i]);
        }

        return bytes;
    }
}
