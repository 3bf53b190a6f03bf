namespace CovidCtNet.Lib.Inference;

/// <summary>What runs a model.</summary>
public enum CtExecutionProvider
{
    /// <summary>The processor; always there.</summary>
    Cpu,

    /// <summary>An NVIDIA GPU through CUDA; needs the package <c>Microsoft.ML.OnnxRuntime.Gpu</c>.</summary>
    Cuda,

    /// <summary>An NVIDIA GPU through TensorRT, with CUDA for what TensorRT does not know; needs the package <c>Microsoft.ML.OnnxRuntime.Gpu</c>.</summary>
    TensorRt,
}
