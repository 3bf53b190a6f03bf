using Microsoft.ML.Data;

namespace CovidCtNet.Lib.Tests.Transforms;

/// <summary>Columns that no step can read.</summary>
public sealed class OddRow
{
    public int Number { get; set; }

    public float Real { get; set; }

    public bool Flag { get; set; }

    [KeyType(5)]
    public uint Key { get; set; }

    [VectorType(2)]
    public string[] Texts { get; set; } = ["", ""];

    [VectorType(16)]
    public double[] Doubles { get; set; } = new double[16];

    /// <summary>One number less than the network takes.</summary>
    [VectorType(15)]
    public float[] TooFew { get; set; } = new float[15];
}
