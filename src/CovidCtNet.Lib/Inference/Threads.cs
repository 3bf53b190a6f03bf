using System.Runtime.ExceptionServices;

namespace CovidCtNet.Lib.Inference;

/// <summary>Work shared out between threads.</summary>
internal static class Threads
{
    /// <summary>Does each piece of work, on this thread and on others of the pool that are free.</summary>
    /// <param name="count">Number of pieces.</param>
    /// <param name="threads">The most threads; 0 for one for each processor.</param>
    /// <param name="work">Gets the number of the piece; the first exception is thrown as it is.</param>
    public static void For(int count, int threads, Action<int> work)
    {
        var most = Math.Min(count, threads > 0 ? threads : Environment.ProcessorCount);
        if (most <= 1)
        {
            for (var i = 0; i < count; i++)
            {
                work(i);
            }

            return;
        }

        try
        {
            Parallel.For(0, count, new ParallelOptions { MaxDegreeOfParallelism = most }, work);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }
    }
}
