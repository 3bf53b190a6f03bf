using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Imaging.Dicom;
using CovidCtNet.Tests.Shared;

namespace CovidCtNet.Lib.Tests.Imaging.Hospital;

/// <summary>Published files of scanners: the stored values, as SHA-256 over little-endian 32-bit integers, are those that dcmtk 3.6.7 and gdcm 3.0.17 both give.</summary>
public class RealDicomTests
{
    [Theory]
    [InlineData("fo-dicom__CT-MONO2-16-ankle", "104075c140916b6ca14a202555ac9b4e66dd8659dae7a6fc14c170be15b868a6")]
    [InlineData("fo-dicom__D_CLUNIE_CT1_RLE_FRAGS.dcm", "824141bed775b72b8c85c7a7d20073ba60314b4df4067746316120574db42594")]
    [InlineData("fo-dicom__GH1308.dcm", "d29de5c157640ec3c902f5e8fce0d06dcfa5901ff6453c6f6816cd9a327dbe90")]
    [InlineData("fo-dicom__GH177_D_CLUNIE_CT1_IVRLE_BigEndian_ELE_undefinded_length.dcm", "824141bed775b72b8c85c7a7d20073ba60314b4df4067746316120574db42594")]
    [InlineData("fo-dicom__GH342.dcm", "3159044fa928054cca27368149e9d97c865354b9f90e1c16d0a139687deabb23")]
    [InlineData("fo-dicom__IM-0001-0001-0001.dcm", "70daaa97deb27552173753eaac5d45795913d2d8d20aa423145283600772d71e")]
    [InlineData("fo-dicom__ct.dcm", "ab67659962f22594be471cad7a4d91b439b94f67d085d9dfe3a74d1c52e17489")]
    [InlineData("pydicom-data__693_UNCR.dcm", "f956baa39f6a3ac1b5b2026222bf5f0579b954079ce5457653f9f99e77620294")]
    [InlineData("pydicom-data__bad_sequence.dcm", "f763169c67cba6ca069c81514de880888af128dcc6183a6ef4fc5eb6019efbfd")]
    [InlineData("pydicom__CT_small.dcm", "df61a60dfc368c1da244f035ce15d34d67c2254d5c4ec039bc09e939ac413ce1")]
    public void Stored_values_equal_those_of_dcmtk_and_gdcm(string name, string sha256)
    {
        var path = RealData.Require("dicom/" + name);
        var values = DicomFile.Load(path).ReadStoredValues();
        Assert.Equal(sha256, Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<int>(values))));

        // The way in that tells formats by content must find the same file, whatever its preamble looks like.
        Assert.Equal(values.Length, CtImage.Load(path).Pixels.Length);
    }

    [Theory]
    [InlineData("fo-dicom__CT1_J2KI", "JPEG 2000 (1.2.840.10008.1.2.4.91)")]
    [InlineData("pydicom-data__693_J2KR.dcm", "JPEG 2000 Lossless (1.2.840.10008.1.2.4.90)")]
    public void Jpeg_2000_is_refused_by_name(string name, string syntax)
        => Assert.Contains(syntax, Assert.Throws<CtImageUnsupportedException>(() => CtImage.Load(RealData.Require("dicom/" + name))).Message, StringComparison.Ordinal);

    [Fact]
    public void Real_chest_ct_loads_in_hounsfield_units()
    {
        var slice = CtImage.Load(RealData.Require("dicom/fo-dicom__ct.dcm"));
        Assert.Equal(CtValueKind.Hounsfield, slice.ValueKind);
        Assert.Equal((-3024f, -764f, -10f), (slice[0, 0], slice[120, 256], slice[256, 256]));
    }
}
