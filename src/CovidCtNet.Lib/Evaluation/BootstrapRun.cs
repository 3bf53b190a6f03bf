namespace CovidCtNet.Lib.Evaluation;

/// <summary>Runs all replicates of a bootstrap, for several figures at once.</summary>
internal static class BootstrapRun
{
    /// <summary>Writes the figures of one replicate; called by several threads at once.</summary>
    public delegate void Figures(BinaryMetrics[] metrics, Span<double> values);

    public static BootstrapDistribution[] Run(Resampler resampler, int count, Figures figures, string unit, BootstrapOptions options, CancellationToken cancellationToken)
    {
        double[] estimates = new double[count];
        figures(resampler.Original(), estimates);
        int replicates = options.Replicates;
        double[][] values = Sweep(
            replicates,
            count,
            (number, draw, row) => figures(resampler.Replicate(options.Seed, number, draw), row),
            resampler,
            options,
            cancellationToken);

        double[]? accelerations = options.Interval == BootstrapInterval.Bca
            ? Accelerations(resampler, count, figures, options, cancellationToken)
            : null;
        options.Progress?.Report(1);
        unit += resampler.IsStratified ? string.Empty : ", unstratified";
        var results = new BootstrapDistribution[count];
        for (int k = 0; k < count; k++)
        {
            double[] column = Array.ConvertAll(values, row => row[k]);
            Interval interval = BootstrapLimits.Read(estimates[k], column, accelerations?[k], options.Level, unit);
            results[k] = new BootstrapDistribution(interval, column);
        }

        return results;
    }

    /// <summary>
    /// Efron's acceleration from the jackknife, for several strata by the sums of their influence values (Davison and Hinkley,
    /// "Bootstrap Methods and their Application", 1997, section 5.4; also SciPy).
    /// </summary>
    internal static double[] Accelerations(Resampler resampler, int count, Figures figures, BootstrapOptions options, CancellationToken cancellationToken)
    {
        int[] blocks = resampler.JackknifeBlocks();
        (int Stratum, int Block)[] tasks = [.. blocks.SelectMany((n, stratum) => Enumerable.Range(0, n).Select(block => (stratum, block)))];
        double[][] values = Sweep(
            tasks.Length,
            count,
            (i, draw, row) => figures(resampler.LeaveOut(tasks[i].Stratum, tasks[i].Block, blocks[tasks[i].Stratum], draw), row),
            resampler,
            options with { Progress = null },
            cancellationToken);

        double[] accelerations = new double[count];
        for (int k = 0; k < count; k++)
        {
            double squares = 0;
            double cubes = 0;
            int first = 0;
            foreach (int n in blocks)
            {
                double mean = 0;
                for (int i = 0; i < n; i++)
                {
                    mean += values[first + i][k] / n;
                }

                double scale = (n - 1.0) / n;
                for (int i = 0; i < n; i++)
                {
                    double influence = scale * (mean - values[first + i][k]);
                    squares += influence * influence;
                    cubes += influence * influence * influence;
                }

                first += n;
            }

            // Without any influence there is no skewness to correct.
            accelerations[k] = squares == 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5));
        }

        return accelerations;
    }

    private static double[][] Sweep(
        int length,
        int count,
        Action<int, Resampler.Draw, double[]> compute,
        Resampler resampler,
        BootstrapOptions options,
        CancellationToken cancellationToken)
    {
        double[][] values = new double[length][];
        int done = 0;
        int step = Math.Max(1, length / 100);
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = options.MaxDegreeOfParallelism, CancellationToken = cancellationToken };
        try
        {
            Parallel.For(
                0,
                length,
                parallel,
                resampler.NewDraw,
                (i, _, draw) =>
                {
                    values[i] = new double[count];
                    compute(i, draw, values[i]);
                    int finished = Interlocked.Increment(ref done);
                    if (finished % step == 0 && finished < length)
                    {
                        options.Progress?.Report((double)finished / length);
                    }

                    return draw;
                },
                _ => { });
        }
        catch (AggregateException failed) when (failed.InnerExceptions.Count > 0)
        {
            // The caller's metric threw, on each thread alike: one exception says it all.
            System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failed.InnerExceptions[0]);
        }

        return values;
    }
}
