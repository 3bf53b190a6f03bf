using System.Collections.Frozen;
using CovidCtNet.Lib.Onnx.Gradients.Rules;

namespace CovidCtNet.Lib.Onnx.Gradients;

/// <summary>The table of gradient rules, one entry per operator of the standard set. A new rule is one file and one line here.</summary>
internal static class GradientRules
{
    private static readonly FrozenDictionary<string, GradientRule> Table = new Dictionary<string, GradientRule>(StringComparer.Ordinal)
    {
        ["Abs"] = UnaryRules.Abs,
        ["Add"] = ArithmeticRules.Add,
        ["AveragePool"] = AveragePoolRule.Apply,
        ["BatchNormalization"] = BatchNormalizationRule.Apply,
        ["Cast"] = PassThroughRules.Cast,
        ["Ceil"] = PassThroughRules.Flat,
        ["Clip"] = ClipRule.Apply,
        ["Concat"] = ConcatRule.Apply,
        ["Conv"] = ConvolutionRules.Conv,
        ["ConvTranspose"] = ConvolutionRules.ConvTranspose,
        ["Cos"] = UnaryRules.Cos,
        ["DepthToSpace"] = LayoutRules.DepthToSpace,
        ["Div"] = ArithmeticRules.Div,
        ["Dropout"] = PassThroughRules.Dropout,
        ["Elu"] = RectifierRules.Elu,
        ["Erf"] = UnaryRules.Erf,
        ["Exp"] = UnaryRules.Exp,
        ["Expand"] = ArithmeticRules.Expand,
        ["Flatten"] = LayoutRules.Reshape,
        ["Floor"] = PassThroughRules.Flat,
        ["Gather"] = GatherRule.Apply,
        ["Gelu"] = GeluRule.Apply,
        ["Gemm"] = GemmRule.Apply,
        ["GlobalAveragePool"] = GlobalPoolRules.Average,
        ["GlobalMaxPool"] = GlobalPoolRules.Max,
        ["HardSigmoid"] = SigmoidRules.HardSigmoid,
        ["HardSwish"] = SigmoidRules.HardSwish,
        ["Identity"] = PassThroughRules.Identity,
        ["InstanceNormalization"] = NormalizationRules.Instance,
        ["LRN"] = NormalizationRules.LocalResponse,
        ["LayerNormalization"] = NormalizationRules.Layer,
        ["LeakyRelu"] = RectifierRules.LeakyRelu,
        ["Log"] = UnaryRules.Log,
        ["LogSoftmax"] = SoftmaxRules.LogSoftmax,
        ["MatMul"] = MatMulRule.Apply,
        ["Max"] = ExtremumRules.Pairwise,
        ["MaxPool"] = MaxPoolRule.Apply,
        ["Min"] = ExtremumRules.Pairwise,
        ["Mul"] = ArithmeticRules.Mul,
        ["Neg"] = UnaryRules.Neg,
        ["PRelu"] = RectifierRules.PRelu,
        ["Pad"] = PadRule.Apply,
        ["Pow"] = PowRule.Apply,
        ["Reciprocal"] = UnaryRules.Reciprocal,
        ["ReduceMax"] = ExtremumRules.Reduction,
        ["ReduceMean"] = ReductionRules.Mean,
        ["ReduceMin"] = ExtremumRules.Reduction,
        ["ReduceSum"] = ReductionRules.Sum,
        ["Relu"] = RectifierRules.Relu,
        ["Reshape"] = LayoutRules.Reshape,
        ["Resize"] = ResizeRule.Apply,
        ["Round"] = PassThroughRules.Flat,
        ["Sigmoid"] = SigmoidRules.Sigmoid,
        ["Sign"] = PassThroughRules.Flat,
        ["Sin"] = UnaryRules.Sin,
        ["Slice"] = SliceRule.Apply,
        ["Softmax"] = SoftmaxRules.Softmax,
        ["Softplus"] = UnaryRules.Softplus,
        ["SpaceToDepth"] = LayoutRules.SpaceToDepth,
        ["Split"] = SplitRule.Apply,
        ["Sqrt"] = UnaryRules.Sqrt,
        ["Squeeze"] = LayoutRules.Reshape,
        ["Sub"] = ArithmeticRules.Sub,
        ["Sum"] = ArithmeticRules.Sum,
        ["Tanh"] = UnaryRules.Tanh,
        ["Transpose"] = LayoutRules.Transpose,
        ["Unsqueeze"] = LayoutRules.Reshape,
        ["Where"] = ArithmeticRules.Where,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public static IReadOnlyCollection<string> Operators { get; } = [.. Table.Keys.Order(StringComparer.Ordinal)];

    public static GradientRule? Find(OnnxNode node) => node.Domain.Length == 0 ? Table.GetValueOrDefault(node.OpType) : null;
}
