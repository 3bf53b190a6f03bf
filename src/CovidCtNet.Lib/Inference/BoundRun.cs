using Microsoft.ML.OnnxRuntime;

namespace CovidCtNet.Lib.Inference;

/// <summary>One input and one output bound to a session once and run many times: a run allocates nothing.</summary>
internal sealed class BoundRun : IDisposable
{
    private readonly InferenceSession _session;
    private readonly OrtIoBinding _binding;
    private readonly string _inputName;
    private readonly OrtValue _input;
    private readonly bool _copies;

    /// <param name="session">Runs it; not owned.</param>
    /// <param name="inputName">Name of the input.</param>
    /// <param name="input">The input; not owned.</param>
    /// <param name="outputName">Name of the output.</param>
    /// <param name="output">The output; not owned.</param>
    /// <param name="copies">Whether the session runs on a device that values are copied to.</param>
    public BoundRun(InferenceSession session, string inputName, OrtValue input, string outputName, OrtValue output, bool copies)
    {
        (_session, _inputName, _input, _copies) = (session, inputName, input, copies);
        _binding = session.CreateIoBinding();
        try
        {
            _binding.BindInput(inputName, input);
            _binding.BindOutput(outputName, output);
        }
        catch
        {
            _binding.Dispose();
            throw;
        }
    }

    /// <summary>Runs it.</summary>
    public void Run(RunOptions options)
    {
        if (_copies)
        {
            // ONNX Runtime copies an input to its device when it is bound, not when it is run.
            _binding.ClearBoundInputs();
            _binding.BindInput(_inputName, _input);
            _binding.SynchronizeBoundInputs();
        }

        _session.RunWithBinding(options, _binding);
        if (_copies)
        {
            _binding.SynchronizeBoundOutputs();
        }
    }

    public void Dispose() => _binding.Dispose();
}
