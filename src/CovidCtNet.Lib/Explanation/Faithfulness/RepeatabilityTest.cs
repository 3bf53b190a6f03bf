using CovidCtNet.Lib.Explanation.Agreement;
using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Explanation.Faithfulness;

/// <summary>Repeatability under small shifts: the slice is moved by a few pixels each way, and its map has to move along.</summary>
public static class RepeatabilityTest
{
    private static readonly (int X, int Y)[] Directions = [(1, 0), (-1, 0), (0, 1), (0, -1)];

    /// <summary>Compares the map of a slice with those of four shifted copies, shifted back, where both show the slice.</summary>
    /// <param name="explainer">The explainer.</param>
    /// <param name="image">The slice.</param>
    /// <param name="method">The method checked.</param>
    /// <param name="options">What is explained; <see cref="ExplainOptions.Default"/> if null.</param>
    /// <param name="shift">Pixels of the slice, 1 to a quarter of its shorter side.</param>
    /// <param name="cancellationToken">Ends the work between two operators of a run.</param>
    /// <exception cref="ExplanationException">The map cannot be computed.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static RepeatabilityResult Run(
        GraphExplainer explainer, CtImage image, AttentionMethod method, ExplainOptions? options = null, int shift = 4, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(shift, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shift, Math.Min(image.Width, image.Height) / 4);
        options ??= ExplainOptions.Default;
        options = options with { TargetClass = explainer.ClassOf(image, options, cancellationToken) };
        CtImage[] images = [image, .. Directions.Select(d => Shifted(image, d.X * shift, d.Y * shift))];
        var maps = explainer.Explain(images, [method], options, null, cancellationToken);
        var correlations = Directions.Select((d, i) => Compare(maps[0][0], maps[i + 1][0], d.X * shift, d.Y * shift)).ToArray();
        var classes = Enumerable.Repeat(options.TargetClass!.Value, images.Length).ToArray();
        var probabilities = explainer.LogOdds([.. images.Select(explainer.Input.Of)], classes, cancellationToken).Select(explainer.Probability).ToArray();
        return new RepeatabilityResult(correlations.Average(), correlations.Min(), probabilities.Max(p => Math.Abs(p - probabilities[0])));
    }

    private static double Compare(AttentionMap map, AttentionMap moved, int dx, int dy)
    {
        List<double> first = [];
        List<double> second = [];
        for (var y = Math.Max(0, -dy); y < map.Height - Math.Max(0, dy); y++)
        {
            for (var x = Math.Max(0, -dx); x < map.Width - Math.Max(0, dx); x++)
            {
                first.Add(map.Values[(y * map.Width) + x]);
                second.Add(moved.Values[((y + dy) * map.Width) + x + dx]);
            }
        }

        var correlation = Correlation.Pearson([.. first], [.. second]);
        return double.IsNaN(correlation) ? 0 : correlation;
    }

    /// <summary>The slice moved by whole pixels, its edge repeated.</summary>
    private static CtImage Shifted(CtImage image, int dx, int dy)
    {
        var (width, height) = (image.Width, image.Height);
        var values = new float[width * height];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = image[Math.Clamp((i % width) - dx, 0, width - 1), Math.Clamp((i / width) - dy, 0, height - 1)];
        }

        return image.ValueKind switch
        {
            CtValueKind.Gray8 => CtImage.FromGray8(Array.ConvertAll(values, v => (byte)v), width, height, image.SourceName),
            CtValueKind.Gray16 => CtImage.FromGray16(Array.ConvertAll(values, v => (ushort)v), width, height, (ushort)image.MaximumValue, image.SourceName),
            _ => CtImage.FromHounsfield(values, width, height, 1, 0, image.Window, image.SourceName),
        };
    }
}
