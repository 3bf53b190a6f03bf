using CovidCtNet.Lib.Imaging;

namespace CovidCtNet.Lib.Explanation.Faithfulness;

/// <summary>
/// Deletion and insertion (Petsiuk et al., "RISE", BMVC 2018, section 4.2): pixels are taken away from the slice, or put into an empty
/// one, highest attention first. A faithful map makes the probability fall early (small area of deletion) and rise early (large area of
/// insertion). Beside it stands a random map of smooth blobs, as coarse as usual layers.
/// </summary>
/// <param name="Deletion">Pixels taken away.</param>
/// <param name="Insertion">Pixels put in.</param>
/// <param name="RandomDeletion">The same in the order of a random map.</param>
/// <param name="RandomInsertion">The same in the order of a random map.</param>
public sealed record PerturbationTest(
    PerturbationCurve Deletion, PerturbationCurve Insertion, PerturbationCurve RandomDeletion, PerturbationCurve RandomInsertion)
{
    private const int RandomGrid = 14;

    /// <summary>Runs both curves for a map and for a random one.</summary>
    /// <param name="explainer">The explainer whose model is asked; the one that made the map.</param>
    /// <param name="map">The map; its class is asked for, or class 1 where it has none.</param>
    /// <param name="options">Steps and fill; null for the defaults.</param>
    /// <param name="cancellationToken">Ends the work between two operators of a run.</param>
    /// <exception cref="ArgumentException">The map is of another input size than the explainer's.</exception>
    /// <exception cref="OperationCanceledException">The work was cancelled.</exception>
    public static PerturbationTest Run(GraphExplainer explainer, AttentionMap map, PerturbationOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(explainer);
        ArgumentNullException.ThrowIfNull(map);
        options ??= new PerturbationOptions();
        var input = explainer.Input;
        var place = map.Placement;
        if (place != input.Place(map.Image))
        {
            throw new ArgumentException("The map was made at another input size than that of the explainer's model.", nameof(map));
        }

        var slice = input.Of(map.Image);
        var empty = input.Filled(slice, place, options.Fill, Math.Min(input.Width, input.Height) / 8.0);
        var targetClass = map.Source.ClassIndex ?? 1;
        var order = Order(map.InputValues, place);
        var random = Order(RandomMap(place, options.Seed), place);
        return new PerturbationTest(
            Curve(slice, empty, order), Curve(empty, slice, order), Curve(slice, empty, random), Curve(empty, slice, random));

        PerturbationCurve Curve(float[] from, float[] to, int[] pixels)
        {
            var states = new float[options.Steps + 1][];
            var shares = new double[states.Length];
            var current = (float[])from.Clone();
            var changed = 0;
            for (var step = 0; step < states.Length; step++)
            {
                for (var until = (int)((long)pixels.Length * step / options.Steps); changed < until; changed++)
                {
                    for (var at = pixels[changed]; at < current.Length; at += input.Plane)
                    {
                        current[at] = to[at];
                    }
                }

                states[step] = (float[])current.Clone();
                shares[step] = (double)changed / pixels.Length;
            }

            var logOdds = explainer.LogOdds(states, [.. Enumerable.Repeat(targetClass, states.Length)], cancellationToken);
            return new PerturbationCurve(shares, [.. logOdds.Select(explainer.Probability)]);
        }
    }

    /// <summary>The pixels of the input that show the slice, highest first; equal ones in reading order.</summary>
    private static int[] Order(ReadOnlySpan<float> values, CtPlacement place)
    {
        List<int> pixels = [];
        for (var y = place.OffsetY; y < place.OffsetY + place.Height; y++)
        {
            for (var x = place.OffsetX; x < place.OffsetX + place.Width; x++)
            {
                pixels.Add((y * place.TargetWidth) + x);
            }
        }

        var kept = values.ToArray();
        return [.. pixels.OrderByDescending(p => kept[p])];
    }

    private static float[] RandomMap(CtPlacement place, int seed)
    {
        var random = new Random(seed);
        var grid = new float[RandomGrid * RandomGrid];
        for (var i = 0; i < grid.Length; i++)
        {
            grid[i] = random.NextSingle();
        }

        return MapGeometry.ToInput(grid, RandomGrid, RandomGrid, place);
    }
}
