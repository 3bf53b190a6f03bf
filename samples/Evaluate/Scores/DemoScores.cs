namespace CovidCtNet.Samples.Evaluate.Scores;

/// <summary>Generated scores of two invented models on grouped cases, to show a report without any data.</summary>
internal static class DemoScores
{
    private const int Scans = 48;

    public static (ScoreTable First, ScoreTable Second) Make(int seed)
    {
        var random = new Random(seed);
        List<bool> labels = [];
        List<string> groups = [];
        List<double> first = [];
        List<double> second = [];
        for (int scan = 0; scan < Scans; scan++)
        {
            bool positive = scan % 2 == 0;

            // Slices of a scan share most of what makes them easy or hard: the reason for intervals by group.
            double shared = Gauss(random);
            for (int slice = random.Next(8, 32); slice > 0; slice--)
            {
                double latent = (positive ? 1.1 : -1.1) + (0.8 * shared) + (0.6 * Gauss(random));
                labels.Add(positive);
                groups.Add($"scan {scan + 1:00}");
                first.Add(Round(Sigmoid(2.6 * latent)));
                second.Add(Round(Sigmoid((1.4 * latent) + (0.9 * Gauss(random)) - 0.2)));
            }
        }

        const string Source = "generated, no patient behind it";
        return (
            new ScoreTable("demo model A", Source, [.. labels], [.. first], [.. groups], []),
            new ScoreTable("demo model B", Source, [.. labels], [.. second], [.. groups], []));
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Round(double p) => Math.Round(p, 5);

    private static double Gauss(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
