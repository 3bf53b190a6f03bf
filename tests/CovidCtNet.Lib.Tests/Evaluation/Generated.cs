namespace CovidCtNet.Lib.Tests.Evaluation;

/// <summary>Seeded labels and scores for properties that hold for any data.</summary>
internal static class Generated
{
    /// <summary>Cases whose positives score higher on average; few <paramref name="levels"/> make many ties. Both classes are present.</summary>
    public static (bool[] Labels, double[] Scores) Cases(int seed, int count, int levels)
    {
        var random = new Random(seed);
        bool[] labels = new bool[count];
        double[] scores = new double[count];
        for (int i = 0; i < count; i++)
        {
            labels[i] = i < 2 || (i >= 4 && random.NextDouble() < 0.4);
            double raw = (random.NextDouble() + (labels[i] ? random.NextDouble() : 0)) / 2;
            scores[i] = Math.Floor(raw * levels) / levels;
        }

        return (labels, scores);
    }
}
