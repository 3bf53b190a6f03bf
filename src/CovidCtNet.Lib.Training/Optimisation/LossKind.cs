namespace CovidCtNet.Lib.Training.Optimisation;

/// <summary>Losses to choose from.</summary>
public enum LossKind
{
    /// <summary>Binary cross-entropy of the positive class's logit.</summary>
    BinaryCrossEntropy,

    /// <summary>Cross-entropy of the softmax over both classes; needs a head with two outputs.</summary>
    CrossEntropy,

    /// <summary>Focal loss: cross-entropy times (1 - p)^γ of the true class's probability p (Lin et al., arXiv 1708.02002, equation 4).</summary>
    Focal,
}
