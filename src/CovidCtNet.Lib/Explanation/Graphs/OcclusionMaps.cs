using CovidCtNet.Lib.Inference;

namespace CovidCtNet.Lib.Explanation.Graphs;

/// <summary>Occlusion maps: how far the log-odds of the class fall when a window is covered.</summary>
internal static class OcclusionMaps
{
    public static AttentionMap[] Compute(MapContext context, ModelRunner runner, ClassScores scores, int batchSize)
    {
        var batch = context.Batch;
        var maps = new AttentionMap[batch.Count];
        using var buffer = runner.Rent();
        for (var i = 0; i < batch.Count; i++)
        {
            var grid = new OcclusionGrid(batch.Placements[i], context.Options.Occlusion);
            var occluder = new Occluder(batch, i, grid, context.Options.Occlusion.Fill, buffer, scores, context.Classes[i], batchSize);
            var sample = i;
            var (drops, error) = context.Options.Occlusion.Mode == OcclusionMode.Fast
                ? FastOcclusion.Run(grid, occluder, done => batch.Progress((sample + done) / batch.Count))
                : (occluder.Run([.. Enumerable.Range(0, grid.Count)], done => batch.Progress((sample + done) / batch.Count)), null);
            var raw = grid.Spread(drops, batch.Input.Width, batch.Input.Height);
            maps[i] = context.Map(i, AttentionMethod.Occlusion, null, true, occluder.Uncovered, raw, batch.Input.Width, batch.Input.Height, AttentionScaling.Positive, error);
        }

        return maps;
    }
}
