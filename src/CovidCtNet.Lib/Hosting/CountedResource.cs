namespace CovidCtNet.Lib.Hosting;

/// <summary>Disposes of a resource when its owner has let go of it and the last user has left.</summary>
internal sealed class CountedResource<T>(T value, Action<T> dispose)
    where T : class
{
    private readonly Lock _gate = new();
    private int _users = 1;

    public T Value => value;

    /// <summary>Joins the users; false once the last has left.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_users == 0)
            {
                return false;
            }

            _users++;
            return true;
        }
    }

    /// <summary>Leaves the users. The owner leaves too, once.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_users > 0)
            {
                return;
            }
        }

        dispose(value);
    }
}
