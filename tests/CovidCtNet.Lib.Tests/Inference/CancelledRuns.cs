namespace CovidCtNet.Lib.Tests.Inference;

/// <summary>Cancels runs under way.</summary>
internal static class CancelledRuns
{
    /// <summary>
    /// Cancels a run again and again, until it was ended between two of its operators, and gives the exception of the runtime inside; null where
    /// that never happened. How soon to cancel depends on the machine and on what else it does: small steps, and again from the start.
    /// </summary>
    public static Exception? InnerException(Action<CancellationToken> run)
    {
        Exception? inner = null;
        var delay = 2;
        for (var attempt = 0; inner is null && attempt < 200; attempt++)
        {
            delay = delay < 1000 ? delay + Math.Max(1, delay / 4) : 2;
            using var cancel = new CancellationTokenSource(delay);
            if (Record.Exception(() => run(cancel.Token)) is { } e)
            {
                Assert.Equal(cancel.Token, Assert.IsType<OperationCanceledException>(e).CancellationToken);
                inner = e.InnerException;
            }
        }

        return inner;
    }
}
