namespace CovidCtNet.Lib.Training.Native;

/// <summary>The native libraries of TorchSharp are absent or cannot be loaded on this machine.</summary>
public sealed class TorchNotAvailableException : Exception
{
    /// <summary>Creates the exception.</summary>
    public TorchNotAvailableException()
    {
    }

    /// <summary>Creates the exception with a message that names the cure.</summary>
    public TorchNotAvailableException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the exception with a message that names the cure, and the loader's own error.</summary>
    public TorchNotAvailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
