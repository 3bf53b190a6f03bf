namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>Works out the outputs of one operator. An output beyond those returned is unknown.</summary>
internal delegate TensorFact[] ShapeRule(ShapeContext context);
