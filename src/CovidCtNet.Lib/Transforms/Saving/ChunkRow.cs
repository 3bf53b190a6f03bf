using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Transforms.Saving;

/// <summary>
/// A plane in chunks of 1, 2, 4, … numbers. The columns of a registered mapping are fixed when it is compiled, and a plane is a vector of
/// known size; the chunks of the binary digits of H times W, concatenated, are a vector of exactly that size. The plane itself goes along.
/// </summary>
internal sealed class ChunkRow
{
    /// <summary>Digits of the largest plane, 4,096 x 4,096.</summary>
    public const int Digits = 25;

    private const string Prefix = "CovidCtNet.Chunk";

    private readonly float[]?[] _chunks = new float[]?[Digits];

    [ColumnName(SavedColumns.Plane), PreparedPlaneType]
    public PreparedPlane? Plane { get; set; }

    [ColumnName(Prefix + "0"), VectorType(1 << 0)]
    public float[]? Chunk0 { get => _chunks[0]; set => _chunks[0] = value; }

    [ColumnName(Prefix + "1"), VectorType(1 << 1)]
    public float[]? Chunk1 { get => _chunks[1]; set => _chunks[1] = value; }

    [ColumnName(Prefix + "2"), VectorType(1 << 2)]
    public float[]? Chunk2 { get => _chunks[2]; set => _chunks[2] = value; }

    [ColumnName(Prefix + "3"), VectorType(1 << 3)]
    public float[]? Chunk3 { get => _chunks[3]; set => _chunks[3] = value; }

    [ColumnName(Prefix + "4"), VectorType(1 << 4)]
    public float[]? Chunk4 { get => _chunks[4]; set => _chunks[4] = value; }

    [ColumnName(Prefix + "5"), VectorType(1 << 5)]
    public float[]? Chunk5 { get => _chunks[5]; set => _chunks[5] = value; }

    [ColumnName(Prefix + "6"), VectorType(1 << 6)]
    public float[]? Chunk6 { get => _chunks[6]; set => _chunks[6] = value; }

    [ColumnName(Prefix + "7"), VectorType(1 << 7)]
    public float[]? Chunk7 { get => _chunks[7]; set => _chunks[7] = value; }

    [ColumnName(Prefix + "8"), VectorType(1 << 8)]
    public float[]? Chunk8 { get => _chunks[8]; set => _chunks[8] = value; }

    [ColumnName(Prefix + "9"), VectorType(1 << 9)]
    public float[]? Chunk9 { get => _chunks[9]; set => _chunks[9] = value; }

    [ColumnName(Prefix + "10"), VectorType(1 << 10)]
    public float[]? Chunk10 { get => _chunks[10]; set => _chunks[10] = value; }

    [ColumnName(Prefix + "11"), VectorType(1 << 11)]
    public float[]? Chunk11 { get => _chunks[11]; set => _chunks[11] = value; }

    [ColumnName(Prefix + "12"), VectorType(1 << 12)]
    public float[]? Chunk12 { get => _chunks[12]; set => _chunks[12] = value; }

    [ColumnName(Prefix + "13"), VectorType(1 << 13)]
    public float[]? Chunk13 { get => _chunks[13]; set => _chunks[13] = value; }

    [ColumnName(Prefix + "14"), VectorType(1 << 14)]
    public float[]? Chunk14 { get => _chunks[14]; set => _chunks[14] = value; }

    [ColumnName(Prefix + "15"), VectorType(1 << 15)]
    public float[]? Chunk15 { get => _chunks[15]; set => _chunks[15] = value; }

    [ColumnName(Prefix + "16"), VectorType(1 << 16)]
    public float[]? Chunk16 { get => _chunks[16]; set => _chunks[16] = value; }

    [ColumnName(Prefix + "17"), VectorType(1 << 17)]
    public float[]? Chunk17 { get => _chunks[17]; set => _chunks[17] = value; }

    [ColumnName(Prefix + "18"), VectorType(1 << 18)]
    public float[]? Chunk18 { get => _chunks[18]; set => _chunks[18] = value; }

    [ColumnName(Prefix + "19"), VectorType(1 << 19)]
    public float[]? Chunk19 { get => _chunks[19]; set => _chunks[19] = value; }

    [ColumnName(Prefix + "20"), VectorType(1 << 20)]
    public float[]? Chunk20 { get => _chunks[20]; set => _chunks[20] = value; }

    [ColumnName(Prefix + "21"), VectorType(1 << 21)]
    public float[]? Chunk21 { get => _chunks[21]; set => _chunks[21] = value; }

    [ColumnName(Prefix + "22"), VectorType(1 << 22)]
    public float[]? Chunk22 { get => _chunks[22]; set => _chunks[22] = value; }

    [ColumnName(Prefix + "23"), VectorType(1 << 23)]
    public float[]? Chunk23 { get => _chunks[23]; set => _chunks[23] = value; }

    [ColumnName(Prefix + "24"), VectorType(1 << 24)]
    public float[]? Chunk24 { get => _chunks[24]; set => _chunks[24] = value; }

    /// <summary>Columns of the chunks that make up a plane, largest first.</summary>
    public static IEnumerable<string> ColumnsOf(int planeLength)
        => from digit in DigitsOf(planeLength) select Prefix + digit.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>All columns.</summary>
    public static IEnumerable<string> AllColumns()
        => (from digit in Enumerable.Range(0, Digits) select Prefix + digit.ToString(System.Globalization.CultureInfo.InvariantCulture)).Append(SavedColumns.Plane);

    /// <summary>The plane, to be filled; one of the right size is used again.</summary>
    public Span<float> Rent(int length)
    {
        if (Plane?.Values.Length != length)
        {
            Plane = new PreparedPlane(length);
        }

        return Plane.Values;
    }

    /// <summary>Cuts the plane; chunks of the right size are used again.</summary>
    public void Cut()
    {
        ReadOnlySpan<float> plane = Plane!.Values;
        var start = 0;
        foreach (var digit in DigitsOf(plane.Length))
        {
            var chunk = _chunks[digit] ??= new float[1 << digit];
            plane.Slice(start, chunk.Length).CopyTo(chunk);
            start += chunk.Length;
        }
    }

    private static IEnumerable<int> DigitsOf(int length)
        => from digit in Enumerable.Range(0, Digits).Reverse() where (length & (1 << digit)) != 0 select digit;
}
