using System.Numerics;
using CovidCtNet.Lib.Training.Audit;

namespace CovidCtNet.Lib.Training.Tests.Audit;

public class HashIndexTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(10)]
    public void Finds_each_hash_within_the_radius_once_as_comparing_with_all_does(int radius)
    {
        // Clusters about a few centres, so that there is something to find at every radius.
        var random = new Random(7);
        var centres = Enumerable.Range(0, 20).Select(_ => (ulong)random.NextInt64()).ToArray();
        var hashes = Enumerable.Range(0, 3000).Select(i => Enumerable.Range(0, random.Next(12)).Aggregate(centres[i % 20], (h, _) => h ^ (1UL << random.Next(64)))).ToArray();
        var index = new HashIndex(hashes, radius);
        var found = new List<int>();
        var total = 0;
        foreach (var hash in hashes.Take(200))
        {
            index.Find(hash, found);
            total += found.Count;
            Assert.Equal(Enumerable.Range(0, hashes.Length).Where(i => BitOperations.PopCount(hashes[i] ^ hash) <= radius), found.Order());
        }

        Assert.True(total >= 200);
    }

    // Expected bits from the definition of the transform, summed in double precision.
    [Fact]
    public void Hash_is_the_sign_of_the_lowest_cosine_coefficients_about_their_median()
    {
        const int Side = PerceptualHash.Side;
        var random = new Random(3);
        var plane = Enumerable.Range(0, Side * Side).Select(i => (float)(random.NextDouble() + (2 * Math.Sin(i / 97.0)))).ToArray();
        var values = new double[64];
        for (var v = 0; v < 8; v++)
        {
            for (var u = 0; u < 8; u++)
            {
                var sum = 0.0;
                for (var i = 0; i < plane.Length; i++)
                {
                    sum += plane[i] * Math.Cos(Math.PI * u * (((i % Side) * 2) + 1) / (2.0 * Side)) * Math.Cos(Math.PI * v * (((i / Side) * 2) + 1) / (2.0 * Side));
                }

                values[(v * 8) + u] = sum * (u == 0 ? Math.Sqrt(0.5) : 1) * (v == 0 ? Math.Sqrt(0.5) : 1);
            }
        }

        var median = values.Skip(1).Order().ElementAt(31);
        var expected = Enumerable.Range(1, 63).Where(i => values[i] > median).Aggregate(0UL, (h, i) => h | (1UL << i));

        // The median itself sits on the edge, so one bit may differ by rounding.
        Assert.InRange(BitOperations.PopCount(expected ^ PerceptualHash.Of(plane)), 0, 1);
    }
}
