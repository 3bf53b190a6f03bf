namespace CovidCtNet.Lib.Inference;

/// <summary>How cuDNN chooses the algorithm of a convolution (<c>cudnn_conv_algo_search</c>).</summary>
public enum CudaConvolutionSearch
{
    /// <summary>Tries all on the first run of each input size: the fastest afterwards, the slowest start.</summary>
    Exhaustive,

    /// <summary>Asks cuDNN for its guess.</summary>
    Heuristic,

    /// <summary>Takes the default algorithm.</summary>
    Default,
}
