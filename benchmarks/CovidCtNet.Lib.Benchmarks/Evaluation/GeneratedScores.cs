namespace CovidCtNet.Lib.Benchmarks.Evaluation;

/// <summary>Seeded grouped cases: positives score higher, groups share a part.</summary>
internal sealed class GeneratedScores
{
    public GeneratedScores(int count, int groupSize)
    {
        var random = new Random(1);
        Labels = new bool[count];
        Scores = new double[count];
        Second = new double[count];
        Groups = new int[count];
        double shared = 0;
        for (int i = 0; i < count; i++)
        {
            int group = i / groupSize;
            shared = i % groupSize == 0 ? random.NextDouble() : shared;
            Groups[i] = group;
            Labels[i] = group % 2 == 0;
            double latent = (Labels[i] ? 0.25 : 0) + (0.3 * shared);
            Scores[i] = latent + (0.45 * random.NextDouble());
            Second[i] = latent + (0.45 * random.NextDouble());
        }
    }

    public bool[] Labels { get; }

    public double[] Scores { get; }

    public double[] Second { get; }

    public int[] Groups { get; }
}
