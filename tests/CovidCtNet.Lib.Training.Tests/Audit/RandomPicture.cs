using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Training.Tests.Audit;

/// <summary>Pictures of coarse and fine blobs that have nothing in common: synthetic chests are all alike to an audit.</summary>
internal static class RandomPicture
{
    public static CtImage Create(int seed, int width = 192, int height = 144, int brighter = 0)
    {
        var random = new Random(seed);
        var plane = new float[width * height];
        for (var blob = 0; blob < 90; blob++)
        {
            var (x, y, amplitude) = (width * random.NextDouble(), height * random.NextDouble(), random.NextDouble() - 0.5);
            var sigma = blob < 12 ? 12 + (20 * random.NextDouble()) : 2 + (4 * random.NextDouble());
            for (var row = 0; row < height; row++)
            {
                for (var column = 0; column < width; column++)
                {
                    plane[(row * width) + column] += (float)(amplitude * Math.Exp(-(((column - x) * (column - x)) + ((row - y) * (row - y))) / (2 * sigma * sigma)));
                }
            }
        }

        return CtImage.FromGray8([.. plane.Select(v => (byte)Math.Clamp(110 + brighter + (90 * v), 0, 255))], width, height);
    }
}
