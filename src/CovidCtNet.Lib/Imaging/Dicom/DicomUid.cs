using System.Globalization;
using System.Numerics;

namespace CovidCtNet.Lib.Imaging.Dicom;

/// <summary>UIDs made from random UUIDs (PS3.5, annex B.2): no registration is needed.</summary>
internal static class DicomUid
{
    /// <summary>Names this library as the writer of a file.</summary>
    public const string Implementation = "2.25.209170371283547961512310178534019257415";

    public static string Create()
        => "2.25." + new BigInteger(Guid.NewGuid().ToByteArray(), isUnsigned: true).ToString(CultureInfo.InvariantCulture);
}
