using CovidCtNet.Lib.Explanation;

namespace CovidCtNet.Lib.Tests.Explanation;

/// <summary>Map files are those of NumPy, byte for byte, and damaged ones are refused.</summary>
public class NpyFileTests
{
    // numpy.save of [[0, 0.25, 1], [0.5, 0.75, -2]] as float32, NumPy 1.24; the header is padded with spaces to 128 bytes.
    private const string Written =
        "934e554d5059010076007b276465736372273a20273c6634272c2027666f727472616e5f6f72646572273a2046616c73652c20277368617065273a2028322c2033292c207d"
        + "@" + "0a" + "000000000000803e0000803f0000003f0000403f000000c0";

    [Fact]
    public void Files_equal_those_of_NumPy_and_are_read_back()
    {
        using var folder = new TemporaryFile();
        var parts = Written.Split('@');
        var expected = Convert.FromHexString(parts[0] + string.Concat(Enumerable.Repeat("20", 127 - (parts[0].Length / 2))) + parts[1]);
        NpyFile.Write(folder["map.npy"], [0, 0.25f, 1, 0.5f, 0.75f, -2], 2, 3);
        Assert.Equal(expected, File.ReadAllBytes(folder["map.npy"]));
        Assert.Equal(["map.npy"], folder.Names);
        var array = NpyFile.Read(folder["map.npy"]);
        Assert.Equal((2, 3), (array.Rows, array.Columns));
        Assert.Equal([0, 0.25f, 1, 0.5f, 0.75f, -2], array.Values);
    }

    [Fact]
    public void Float64_in_Fortran_order_is_read()
    {
        // numpy.save of numpy.asfortranarray([[1, 2, 3], [4, 5, 6]]) as float64.
        var header = "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 3), }";
        byte[] bytes = [0x93, .. "NUMPY"u8, 1, 0, 0x76, 0, .. System.Text.Encoding.ASCII.GetBytes(header.PadRight(117) + "\n"), .. new double[] { 1, 4, 2, 5, 3, 6 }.SelectMany(BitConverter.GetBytes)];
        using var folder = new TemporaryFile();
        File.WriteAllBytes(folder["f.npy"], bytes);
        Assert.Equal([1f, 2, 3, 4, 5, 6], NpyFile.Read(folder["f.npy"]).Values);
    }

    [Fact]
    public void Every_cut_and_other_content_is_refused_by_name()
    {
        using var folder = new TemporaryFile();
        NpyFile.Write(folder["map.npy"], [1, 2, 3, 4], 2, 2);
        var bytes = File.ReadAllBytes(folder["map.npy"]);
        for (var length = 0; length < bytes.Length; length++)
        {
            File.WriteAllBytes(folder["cut.npy"], bytes[..length]);
            Assert.Contains("cut.npy", Assert.Throws<ExplanationException>(() => NpyFile.Read(folder["cut.npy"])).Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("'descr': '<i8', 'fortran_order': False, 'shape': (2, 2)")]
    [InlineData("'descr': '<f4', 'fortran_order': False, 'shape': (4,)")]
    [InlineData("'descr': '<f4', 'fortran_order': False, 'shape': (2, 2, 1)")]
    [InlineData("'descr': '<f4', 'fortran_order': False, 'shape': (100000, 100000)")]
    public void Other_arrays_are_refused(string header)
    {
        using var folder = new TemporaryFile();
        var text = ("{" + header + "}").PadRight(117) + "\n";
        File.WriteAllBytes(folder["x.npy"], [0x93, .. "NUMPY"u8, 1, 0, 0x76, 0, .. System.Text.Encoding.ASCII.GetBytes(text), .. new byte[64]]);
        Assert.Throws<ExplanationException>(() => NpyFile.Read(folder["x.npy"]));
    }
}
