using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Inference;

/// <summary>
/// Counts who uses a session. Running a session that is being released crashes the process, so that the release waits for the last
/// user while new ones are refused.
/// </summary>
/// <param name="session">The session, now owned.</param>
/// <param name="releasing">Called once, after the last use and before the session goes.</param>
internal sealed class SharedSession(InferenceSession session, Action releasing) : IDisposable
{
    // The owner counts as one user until it disposes.
    private int _users = 1;
    private int _closed;

    /// <summary>The session; only for those between <see cref="Enter"/> and <see cref="Leave"/>.</summary>
    public InferenceSession Session => session;

    /// <summary>Joins the users.</summary>
    /// <exception cref="ObjectDisposedException">The owner has disposed.</exception>
    public void Enter()
    {
        var users = Volatile.Read(ref _users);
        while (users > 0 && Volatile.Read(ref _closed) == 0)
        {
            var seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
            {
                return;
            }

            users = seen;
        }

        throw new ObjectDisposedException(nameof(CovidCtModel));
    }

    /// <summary>Leaves the users; the last one out releases the session.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            releasing();
            session.Dispose();
        }
    }

    /// <summary>Refuses new users; the session goes with the last one.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            Leave();
        }
    }
}
