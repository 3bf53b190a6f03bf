namespace CovidCtNet.Lib.Onnx.Gradients;

/// <summary>Adds the nodes that carry the gradient of one node from its outputs to its inputs.</summary>
internal delegate void GradientRule(GradientContext context);
