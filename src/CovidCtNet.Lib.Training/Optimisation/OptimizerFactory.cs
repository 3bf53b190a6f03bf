using CovidCtNet.Lib.Training.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Optimisation;

/// <summary>Makes torch optimizers from <see cref="OptimizerOptions"/>.</summary>
internal static class OptimizerFactory
{
    /// <summary>Weights with more than one dimension decay; biases and batch-normalisation values do not.</summary>
    public static OptimizerHelper Create(CtNetwork network, OptimizerOptions options)
    {
        var trained = network.parameters().Where(p => p.requires_grad).ToArray();
        var decayed = trained.Where(p => p.dim() > 1).ToArray();
        var others = trained.Where(p => p.dim() <= 1).ToArray();
        var (rate, decay) = (options.LearningRate, options.WeightDecay);
        return options.Kind switch
        {
            OptimizerKind.AdamW => optim.AdamW(
                [new AdamW.ParamGroup(decayed, lr: rate, weight_decay: decay), new AdamW.ParamGroup(others, lr: rate, weight_decay: 0)], lr: rate),
            OptimizerKind.Adam => optim.Adam(
                [new Adam.ParamGroup(decayed, lr: rate, weight_decay: decay), new Adam.ParamGroup(others, lr: rate, weight_decay: 0)], lr: rate),
            OptimizerKind.RmsProp => WithMomentum(optim.RMSProp(
                [
                    new RMSProp.ParamGroup(decayed, lr: rate, weight_decay: decay, momentum: options.Momentum),
                    new RMSProp.ParamGroup(others, lr: rate, weight_decay: 0, momentum: options.Momentum),
                ],
                lr: rate)),
            OptimizerKind.Adagrad => optim.Adagrad(
                [new Adagrad.ParamGroup(decayed, lr: rate, weight_decay: decay), new Adagrad.ParamGroup(others, lr: rate, weight_decay: 0)], lr: rate),
            _ => WithMomentum(optim.SGD(
                [
                    new SGD.ParamGroup(decayed, lr: rate, momentum: options.Momentum, weight_decay: decay, nesterov: options.Nesterov && options.Momentum > 0),
                    new SGD.ParamGroup(others, lr: rate, momentum: options.Momentum, weight_decay: 0, nesterov: options.Nesterov && options.Momentum > 0),
                ],
                rate)),
        };
    }

    // Torch makes the buffers at the first step, from the gradient alone; from zeros the first step is the same, and a checkpoint
    // finds tensors to load into.
    private static T WithMomentum<T>(T optimizer)
        where T : OptimizerHelper
    {
        foreach (var (state, parameter) in optimizer.state_dict().State.Zip(optimizer.parameters()))
        {
            var buffer = zeros_like(parameter).DetachFromDisposeScope();
            switch (state)
            {
                case SGD.State sgd:
                    sgd.momentum_buffer = buffer;
                    break;
                case RMSProp.State rmsProp:
                    rmsProp.momentum_buffer = buffer;
                    break;
            }
        }

        return optimizer;
    }
}
