namespace CovidCtNet.Lib.Explanation;

/// <summary>A map of model attention cannot be computed, read or written; the message names the file or layer, what is wrong and the cure.</summary>
public class ExplanationException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, and the cure.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ExplanationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
