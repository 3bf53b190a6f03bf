using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Optimisation;

/// <summary>Names the tensors that make up an optimizer's state, so that they can be saved and put back.</summary>
internal static class OptimizerTensors
{
    /// <summary>Copies of the state; the step count is a tensor of its own, because it sets the bias correction of Adam.</summary>
    public static Dictionary<string, Tensor> Read(OptimizerHelper optimizer) =>
        States(optimizer).SelectMany((state, i) => Of(state).Select(p => ($"{i}.{p.Name}", p.Value))).ToDictionary(p => p.Item1, p => p.Value);

    /// <summary>Puts step counts back after the tensors from <see cref="Read"/> were filled.</summary>
    public static void Apply(OptimizerHelper optimizer, IReadOnlyDictionary<string, Tensor> tensors)
    {
        foreach (var (i, state) in States(optimizer).Index())
        {
            switch (state)
            {
                case AdamW.State adamW:
                    adamW.step = tensors[$"{i}.step"].item<long>();
                    break;
                case Adam.State adam:
                    adam.step = tensors[$"{i}.step"].item<long>();
                    break;
                case RMSProp.State rmsProp:
                    rmsProp.step = tensors[$"{i}.step"].item<long>();
                    break;
                case Adagrad.State adagrad:
                    adagrad.step = tensors[$"{i}.step"].item<long>();
                    break;
            }
        }
    }

    private static List<OptimizerState> States(OptimizerHelper optimizer) => optimizer.state_dict().State;

    // The moments are the optimizer's own tensors, so loading writes straight into them.
    private static IEnumerable<(string Name, Tensor Value)> Of(OptimizerState state) => state switch
    {
        AdamW.State s => [("step", tensor(s.step)), ("exp_avg", s.exp_avg), ("exp_avg_sq", s.exp_avg_sq)],
        Adam.State s => [("step", tensor(s.step)), ("exp_avg", s.exp_avg), ("exp_avg_sq", s.exp_avg_sq)],
        RMSProp.State s => [("step", tensor(s.step)), ("square_avg", s.square_avg), ("momentum_buffer", s.momentum_buffer)],
        Adagrad.State s => [("step", tensor(s.step)), ("sum", s.sum)],
        SGD.State s => [("momentum_buffer", s.momentum_buffer)],
        _ => throw new NotSupportedException($"The state of {state.GetType()} cannot be saved."),
    };
}
