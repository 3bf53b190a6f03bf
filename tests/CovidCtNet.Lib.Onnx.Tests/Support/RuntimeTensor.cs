namespace CovidCtNet.Lib.Onnx.Tests.Support;

/// <summary>A result of ONNX Runtime.</summary>
internal sealed record RuntimeTensor(int[] Shape, double[] Values);
