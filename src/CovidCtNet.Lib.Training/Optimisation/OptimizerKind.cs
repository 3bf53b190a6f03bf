namespace CovidCtNet.Lib.Training.Optimisation;

/// <summary>Optimizers to choose from.</summary>
public enum OptimizerKind
{
    /// <summary>Adam with decoupled weight decay (Loshchilov and Hutter, arXiv 1711.05101).</summary>
    AdamW,

    /// <summary>Adam (Kingma and Ba, arXiv 1412.6980).</summary>
    Adam,

    /// <summary>Stochastic gradient descent, with momentum and Nesterov's step as the options say.</summary>
    Sgd,

    /// <summary>RMSprop (Tieleman and Hinton, 2012) with a decay of 0.99.</summary>
    RmsProp,

    /// <summary>Adagrad (Duchi et al., 2011).</summary>
    Adagrad,
}
