using CovidCtNet.Lib.Onnx.Gradients;
using CovidCtNet.Lib.Onnx.Tests.Support;

namespace CovidCtNet.Lib.Onnx.Tests;

/// <summary>Every gradient rule against central differences of ONNX Runtime's results, two rows with gradients of their own.</summary>
public sealed class GradientRuleTests
{
    private static readonly HashSet<string> Proved = new(StringComparer.Ordinal);

    private static readonly Dictionary<string, Action> Cases = BuildCases();

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void Rule_EqualsFiniteDifferences(string name) => Cases[name]();

    [Fact]
    public void EveryRule_HasACase()
    {
        // A case is named after its operator, then a space. Flat operators have no gradient to compare.
        Proved.UnionWith(Cases.Keys.Select(k => k.Split(' ')[0]));
        Assert.Empty(GradientRules.Operators.Except(Proved).Except(["Ceil", "Floor", "Round", "Sign"]));
    }

    private static Dictionary<string, Action> BuildCases()
    {
        var cases = new Dictionary<string, Action>(StringComparer.Ordinal);
        AddElementwise(cases);
        AddBroadcasting(cases);
        AddLayouts(cases);
        AddLinear(cases);
        return cases;
    }

    private static void AddElementwise(Dictionary<string, Action> cases)
    {
        void Unary(string op, double low = -2, double high = 2, int opset = 18, params OnnxAttribute[] attributes) =>
            cases[$"{op} {string.Join(',', attributes.Select(a => a.Name + a.Proto.F))} {opset}"] =
                () => FiniteDifference.Check((b, x) => b.Node(op, [x], attributes), [3, 5], opset: opset, low: low, high: high);

        foreach (var op in new[] { "Relu", "Sigmoid", "Tanh", "Exp", "Abs", "Neg", "Identity", "Sin", "Cos" })
        {
            Unary(op);
        }

        Unary("Log", 0.5, 3);
        Unary("Sqrt", 0.5, 3);
        Unary("Reciprocal", 0.5, 3);
        Unary("Dropout");
        Unary("Softmax");
        Unary("LogSoftmax");
        Unary("Relu", opset: 11);
        cases["Softmax 11 over two axes"] = () => FiniteDifference.Check((b, x) => b.Softmax(x, 1), [2, 3, 2], opset: 11);
        cases["Softmax 13 over channels"] = () => FiniteDifference.Check((b, x) => b.Softmax(x, 1), [3, 2, 2], opset: 13);
        cases["LogSoftmax 12"] = () => FiniteDifference.Check((b, x) => b.Node("LogSoftmax", [x], [OnnxAttribute.Of("axis", 2)]), [3, 2], opset: 12);

        // Only float32 kernels, and no curvature between the kinks: inputs stay so far from a kink that a step of 0.5 does not cross it.
        Single("ThresholdedRelu", 0, 0.4, OnnxAttribute.Of("alpha", 1.5f));
        Single("ThresholdedRelu", 2.1, 3, OnnxAttribute.Of("alpha", 1.5f));
        Single("LeakyRelu", 1, 2, OnnxAttribute.Of("alpha", 0.3f));
        Single("LeakyRelu", -2, -1, OnnxAttribute.Of("alpha", 0.3f));
        Single("HardSigmoid", -1, 1, OnnxAttribute.Of("alpha", 0.2f));
        Single("HardSigmoid", 4, 5);
        Single("HardSigmoid", -5, -4);
        cases["PRelu below"] = () => FiniteDifference.Check((b, x) => b.Node("PRelu", [x, b.Initializer<float>("slope", [0.1f, 0.4f, 0.7f], 3, 1)]), [3, 4], OnnxElementType.Float32, low: -2, high: -1);
        cases["PRelu above"] = () => FiniteDifference.Check((b, x) => b.Node("PRelu", [x, b.Initializer<float>("slope", [0.1f, 0.4f, 0.7f], 3, 1)]), [3, 4], OnnxElementType.Float32, low: 1, high: 2);
        // Quadratic between the kinks at -3 and 3: central differences are exact.
        Single("HardSwish", -2, 2);
        Single("HardSwish", 4, 5);
        Single("HardSwish", -5, -4);

        void Single(string op, double low, double high, params OnnxAttribute[] attributes) =>
            cases[$"{op} from {low}"] = () => FiniteDifference.Check((b, x) => b.Node(op, [x], attributes), [3, 5], OnnxElementType.Float32, low: low, high: high);

        cases["Clip inner"] = () => FiniteDifference.Check((b, x) => b.Node("Clip", [x, b.Initializer<double>("low", [-0.7]), b.Initializer<double>("high", [0.9])]), [4, 5]);
        cases["Clip upper only"] = () => FiniteDifference.Check((b, x) => b.Node("Clip", [x, null, b.Initializer<double>("high", [0.9])]), [4, 5], opset: 12);
        cases["Cast to float64 and back"] = () => FiniteDifference.Check(
            (b, x) => b.Node("Cast", [b.Mul(b.Node("Cast", [x], [OnnxAttribute.Of("to", 11)]), b.Initializer<double>("w", [1, 2, 3], 3))], [OnnxAttribute.Of("to", 1)]), [2, 3], OnnxElementType.Float32);
        foreach (var exponent in new[] { 2.0, 3.0, 0.5, -1.5, 1.0 })
        {
            cases[$"Pow {exponent}"] = () => FiniteDifference.Check((b, x) => b.Node("Pow", [x, b.Initializer("p", [exponent])]), [6], low: 0.5);
        }

        cases["Pow per element"] = () => FiniteDifference.Check((b, x) => b.Node("Pow", [x, b.Initializer<double>("p", [1, 2, 2.5], 1, 3)]), [2, 3], low: 0.5);
    }

    private static void AddBroadcasting(Dictionary<string, Action> cases)
    {
        foreach (var op in new[] { "Add", "Sub", "Mul", "Div", "Max", "Min" })
        {
            cases[$"{op} with itself"] = () => FiniteDifference.Check((b, x) => b.Node(op, [b.Node("Exp", [x]), b.Node("Sqrt", [x])]), [2, 3], low: 0.5);
            cases[$"{op} repeating x"] = () => FiniteDifference.Check((b, x) => b.Node(op, [x, Constant(b, 4, 3, 5)]), [1, 5], low: 1);
            cases[$"{op} by x"] = () => FiniteDifference.Check((b, x) => b.Node(op, [Constant(b, 2, 3, 5), x]), [3, 1], low: 1);
        }

        cases["Mul of x and its mean"] = () => FiniteDifference.Check((b, x) => b.Mul(x, b.ReduceMean(x, [2, 3])), [3, 2, 2]);
        cases["Sum of three"] = () => FiniteDifference.Check((b, x) => b.Node("Sum", [x, b.Node("Exp", [x]), b.ReduceMean(x, [1])]), [3, 2]);
        cases["Where of two"] = () => FiniteDifference.Check(
            (b, x) => b.Node("Where", [b.Node("Greater", [x, b.Initializer<double>("t", [0.3])]), b.Node("Exp", [x]), b.Node("Neg", [x])]), [3, 4]);
        cases["Expand to more axes"] = () => FiniteDifference.Check((b, x) => b.Node("Expand", [x, b.Initializer<long>("s", [1, 3, 4], 3)]), [3, 1]);
        foreach (var opset in new[] { 11, 13, 18 })
        {
            cases[$"ReduceMean {opset}"] = () => FiniteDifference.Check((b, x) => b.ReduceMean(x, [1, -1]), [3, 2, 4], opset: opset);
            cases[$"ReduceMean {opset} dropping"] = () => FiniteDifference.Check((b, x) => b.ReduceMean(x, [2], keepDimensions: false), [3, 2, 4], opset: opset);
            cases[$"ReduceSum {opset} dropping"] = () => FiniteDifference.Check((b, x) => b.ReduceSum(x, [1, 3], keepDimensions: false), [3, 2, 4], opset: opset);
        }

        cases["Mean of three"] = () => FiniteDifference.Check((b, x) => b.Node("Mean", [x, b.Node("Exp", [x]), b.ReduceMean(x, [1])]), [3, 2], OnnxElementType.Float32, curved: true);
        cases["ReduceSum without axes that keeps all"] = () => FiniteDifference.Check(
            (b, x) => b.Mul(x, b.Node("ReduceSum", [x], [OnnxAttribute.Of("noop_with_empty_axes", 1)])), [3, 2]);
        foreach (var op in new[] { "ReduceL1", "ReduceL2", "ReduceSumSquare", "ReduceLogSumExp" })
        {
            // Away from 0, where ReduceL1 bends.
            cases[$"{op} 13"] = () => FiniteDifference.Check((b, x) => b.Node(op, [x], [OnnxAttribute.Of("axes", [-1L])]), [3, 5], OnnxElementType.Float32, opset: 13, low: 1, high: 2, curved: true);
            cases[$"{op} 18"] = () => FiniteDifference.Check(
                (b, x) => b.Node(op, [x, b.Initializer<long>("a", [1, 2], 2)], [OnnxAttribute.Of("keepdims", 0)]), [3, 5], OnnxElementType.Float32, low: 1, high: 2, curved: true);
        }

        cases["ReduceL2 of nothing but 0"] = () =>
        {
            var b = new OnnxGraphBuilder(opset: 13);
            var graph = b.Build(b.Identity(b.Node("ReduceL2", [b.Input("x", ["N", 3])], [OnnxAttribute.Of("axes", [1L])]), "y"));
            var gradient = GraphGradient.Append(graph, GradientSeed.Element("y", 0), ["x"]);
            Assert.Equal([0, 0, 0, 0.6, 0, 0.8], Runtime.Run(gradient, ("x", [0, 0, 0, 3, 0, 4], [2, 3]))["gradient/x"].Values.Select(v => Math.Round(v, 6)));
        };
        foreach (var op in new[] { "ReduceMax", "ReduceMin" })
        {
            cases[$"{op} 13"] = () => FiniteDifference.Check((b, x) => b.Node(op, [x], [OnnxAttribute.Of("axes", [2L])]), [3, 5], opset: 13);
            cases[$"{op} 18"] = () => FiniteDifference.Check((b, x) => b.Node(op, [x, b.Initializer<long>("a", [1, 2], 2)], [OnnxAttribute.Of("keepdims", 0)]), [3, 5]);
        }
    }

    private static void AddLayouts(Dictionary<string, Action> cases)
    {
        OnnxValue Ints(OnnxGraphBuilder b, string name, params long[] values) => b.Initializer<long>(name, values, values.Length);

        cases["Flatten to a matrix"] = () => FiniteDifference.Check((b, x) => b.Node("Exp", [b.Flatten(b.Sigmoid(x))]), [2, 3]);
        cases["Reshape with a free batch"] = () => FiniteDifference.Check((b, x) => b.Node("Reshape", [b.Node("Exp", [x]), Ints(b, "s", -1, 3, 4)]), [2, 6]);
        cases["Reshape by the shape at run time"] = () => FiniteDifference.Check((b, x) =>
        {
            var size = b.Node("Gather", [b.Node("Shape", [x]), b.Initializer<long>("zero", [0])]);
            var target = b.Node("Concat", [b.Node("Unsqueeze", [size, Ints(b, "axes", 0)]), Ints(b, "rest", -1)], [OnnxAttribute.Of("axis", 0)]);
            return b.Node("Reshape", [b.Node("Exp", [x]), target]);
        }, [2, 3]);
        cases["Transpose in the middle"] = () => FiniteDifference.Check((b, x) => b.Node("Transpose", [b.Node("Exp", [x])], [OnnxAttribute.Of("perm", [0L, 3, 1, 2])]), [2, 3, 2]);
        cases["Squeeze 18"] = () => FiniteDifference.Check((b, x) => b.Node("Squeeze", [b.Node("Exp", [x]), Ints(b, "a", 2)]), [3, 1, 2]);
        cases["Squeeze 11"] = () => FiniteDifference.Check((b, x) => b.Node("Squeeze", [b.Node("Exp", [x])], [OnnxAttribute.Of("axes", [-2L])]), [3, 1, 2], opset: 11);
        cases["Unsqueeze 18"] = () => FiniteDifference.Check((b, x) => b.Node("Unsqueeze", [b.Node("Exp", [x]), Ints(b, "a", 1, -1)]), [3, 2]);
        cases["Unsqueeze 11"] = () => FiniteDifference.Check((b, x) => b.Node("Unsqueeze", [b.Node("Exp", [x])], [OnnxAttribute.Of("axes", [2L])]), [3, 2], opset: 11);
        cases["Concat of parts"] = () => FiniteDifference.Check((b, x) => b.Node("Concat", [x, Fixed(b, x), b.Node("Exp", [x])], [OnnxAttribute.Of("axis", -1)]), [2, 3]);
        cases["Split 11"] = () => FiniteDifference.Check((b, x) => b.Nodes("Split", [x], 2, [OnnxAttribute.Of("axis", 1), OnnxAttribute.Of("split", [1L, 2])])[1], [3, 2], opset: 11);
        cases["Split 18 of both parts"] = () => FiniteDifference.Check((b, x) =>
        {
            var parts = b.Nodes("Split", [x], 2, [OnnxAttribute.Of("axis", -1), OnnxAttribute.Of("num_outputs", 2)]);
            return b.Mul(parts[0], b.Sigmoid(parts[1]));
        }, [3, 4]);
        cases["Slice inner"] = () => FiniteDifference.Check((b, x) => b.Node("Slice", [x, Ints(b, "s", 1, -3), Ints(b, "e", 3, -1), Ints(b, "a", 1, 2)]), [4, 5]);
        cases["Slice with steps"] = () => FiniteDifference.Check((b, x) => b.Node("Slice", [x, Ints(b, "s", 1, -1), Ints(b, "e", 99, -99), Ints(b, "a", 1, 2), Ints(b, "t", 2, -2)]), [4, 5]);
        cases["Slice with steps over channels"] = () => FiniteDifference.Check((b, x) => b.Node("Slice", [x, Ints(b, "s", 0), Ints(b, "e", 99), Ints(b, "a", 1), Ints(b, "t", 3)]), [5, 2, 2]);
        cases["Gather one"] = () => FiniteDifference.Check((b, x) => b.Node("Gather", [x, b.Initializer<long>("i", [2])], [OnnxAttribute.Of("axis", 1)]), [3, 2, 2]);
        cases["Gather several, one twice"] = () => FiniteDifference.Check((b, x) => b.Node("Gather", [x, b.Initializer<long>("i", [0, -1, 0, 1], 2, 2)], [OnnxAttribute.Of("axis", 2)]), [2, 3]);
        cases["Pad and crop"] = () => FiniteDifference.Check((b, x) => b.Node("Pad", [x, Ints(b, "p", 0, 1, -1, 0, 0, 2)]), [3, 4], opset: 13);
        cases["Pad with axes"] = () => FiniteDifference.Check((b, x) => b.Node("Pad", [x, Ints(b, "p", 2, 1), null, Ints(b, "a", -1)]), [3, 4]);
        foreach (var opset in new[] { 11, 18 })
        {
            // The exporter fills PyTorch's pads up, last axis first, and turns them over as a matrix of two columns.
            cases[$"Pad {opset} as PyTorch writes it"] = () => FiniteDifference.Check((b, x) =>
            {
                var zeros = b.Node("ConstantOfShape", [Ints(b, "count", 4)], [OnnxAttribute.Of("value", OnnxTensor.Create<long>("", [0], 1))]);
                var all = b.Node("Concat", [Ints(b, "given", 0, 1, 3, 2), zeros], [OnnxAttribute.Of("axis", 0)]);
                var pairs = b.Node("Reshape", [all, Ints(b, "two", -1, 2)]);
                var turned = b.Node("Slice", [pairs, Ints(b, "from", -1), Ints(b, "to", long.MinValue), Ints(b, "axis", 0), Ints(b, "back", -1)]);
                var pads = b.Node("Reshape", [b.Node("Transpose", [turned], [OnnxAttribute.Of("perm", [1L, 0])]), Ints(b, "row", -1)]);
                var padded = b.Node("Pad", [x, b.Node("Cast", [pads], [OnnxAttribute.Of("to", (long)OnnxElementType.Int64)])]);
                Assert.Equal([2, 7, 4], padded.Shape.Skip(1).Select(d => d.Value!.Value));
                return padded;
            }, [2, 2, 3], opset: opset);
        }

        cases["Pad by reflection"] = () => FiniteDifference.Check((b, x) => b.Node("Pad", [x, Ints(b, "p", 0, 0, 2, 1, 0, 0, 1, 2)], [OnnxAttribute.Of("mode", "reflect")]), [2, 3, 4]);
        cases["Pad by the edge"] = () => FiniteDifference.Check((b, x) => b.Node("Pad", [x, Ints(b, "p", 0, 1, 0, 3, 0, 0, 2, 0)], [OnnxAttribute.Of("mode", "edge")]), [2, 3, 2]);
        cases["DepthToSpace by depth"] = () => FiniteDifference.Check((b, x) => b.Node("DepthToSpace", [x], [OnnxAttribute.Of("blocksize", 2)]), [8, 2, 1], OnnxElementType.Float32);
        cases["DepthToSpace by columns"] = () => FiniteDifference.Check((b, x) => b.Node("DepthToSpace", [x], [OnnxAttribute.Of("blocksize", 2), OnnxAttribute.Of("mode", "CRD")]), [8, 2, 1], OnnxElementType.Float32);
        cases["SpaceToDepth by blocks"] = () => FiniteDifference.Check((b, x) => b.Node("SpaceToDepth", [x], [OnnxAttribute.Of("blocksize", 2)]), [2, 4, 2], OnnxElementType.Float32);
    }

    private static void AddLinear(Dictionary<string, Action> cases)
    {
        foreach (var (transposeA, transposeB) in new[] { (false, false), (false, true) })
        {
            cases[$"Gemm {transposeA} {transposeB}"] = () => FiniteDifference.Check(
                (b, x) => b.Gemm(x, transposeB ? Constant(b, 1, 3, 4) : Constant(b, 1, 4, 3), Constant(b, 2, 3), 0.5f, 2, transposeA, transposeB), [4]);
        }

        cases["MatMul with a weight"] = () => FiniteDifference.Check((b, x) => b.Node("MatMul", [x, Constant(b, 1, 3, 4)]), [2, 3]);
        cases["MatMul of a repeated weight"] = () => FiniteDifference.Check((b, x) => b.Node("MatMul", [Constant(b, 1, 2, 5, 3), b.Node("Unsqueeze", [x, b.Initializer<long>("a", [1], 1)])]), [3, 2]);
        cases["MatMul with itself"] = () => FiniteDifference.Check((b, x) => b.Node("MatMul", [x, b.Node("Transpose", [x], [OnnxAttribute.Of("perm", [0L, 2, 1])])]), [3, 2]);
        cases["BatchNormalization of channels"] = () => FiniteDifference.Check((b, x) => b.RandomBatchNormalization(new Random(4), x, "bn"), [3, 2, 2], OnnxElementType.Float32);
        cases["LayerNormalization of the last axis"] = () => FiniteDifference.Check(
            (b, x) => b.Node("LayerNormalization", [x, b.Initializer<double>("scale", [0.5, 1, 2, 1.5], 4), b.Initializer<double>("bias", [1, 2, 3, 4], 4)]), [3, 4]);
        cases["LayerNormalization of two axes"] = () => FiniteDifference.Check(
            (b, x) => b.Node("LayerNormalization", [x, Constant(b, 1, 3, 2)], [OnnxAttribute.Of("axis", 2), OnnxAttribute.Of("epsilon", 0.1f)]), [2, 3, 2]);
        cases["InstanceNormalization of an image"] = () => FiniteDifference.Check(
            (b, x) => b.Node("InstanceNormalization", [x, b.Initializer<float>("scale", [0.5f, 2], 2), b.Initializer<float>("bias", [1, 2], 2)], [OnnxAttribute.Of("epsilon", 0.1f)]),
            [2, 3, 3], OnnxElementType.Float32, curved: true);
        cases["GroupNormalization 21"] = () => FiniteDifference.Check(
            (b, x) => b.Node(
                "GroupNormalization",
                [x, b.Initializer<float>("scale", [0.5f, 2, 1, 1.5f], 4), b.Initializer<float>("bias", [1, 2, 0, 1], 4)],
                [OnnxAttribute.Of("epsilon", 0.1f), OnnxAttribute.Of("num_groups", 2)]),
            [4, 2, 2], OnnxElementType.Float32, opset: 21, curved: true);
        cases["GroupNormalization 18"] = () => FiniteDifference.Check(
            (b, x) => b.Node(
                "GroupNormalization",
                [x, b.Initializer<float>("scale", [0.5f, 2], 2), b.Initializer<float>("bias", [1, 2], 2)],
                [OnnxAttribute.Of("epsilon", 0.1f), OnnxAttribute.Of("num_groups", 2)]),
            [4, 2, 2], OnnxElementType.Float32, opset: 18, curved: true);
        foreach (var size in new[] { 3L, 5L })
        {
            OnnxAttribute[] attributes = [OnnxAttribute.Of("size", size), OnnxAttribute.Of("alpha", 0.5f), OnnxAttribute.Of("beta", 0.7f), OnnxAttribute.Of("bias", 1.5f)];
            cases[$"LRN over {size}"] = () => FiniteDifference.Check((b, x) => b.Node("LRN", [x], attributes), [6, 2, 1], OnnxElementType.Float32, curved: true);
        }

        cases["GlobalAveragePool of an image"] = () => FiniteDifference.Check((b, x) => b.GlobalAveragePool(x), [2, 3, 4], OnnxElementType.Float32);
        cases["Erf and exact curves"] = () => SmoothInSingle((b, x) => b.Node("Erf", [x]));
        cases["Elu 18"] = () => SmoothInSingle((b, x) => b.Node("Elu", [x], [OnnxAttribute.Of("alpha", 0.7f)]));
        cases["Celu 18"] = () => SmoothInSingle((b, x) => b.Node("Celu", [x], [OnnxAttribute.Of("alpha", 0.7f)]));
        cases["Selu 18"] = () => SmoothInSingle((b, x) => b.Node("Selu", [x]));
        cases["Selu with slopes of its own"] = () => SmoothInSingle((b, x) => b.Node("Selu", [x], [OnnxAttribute.Of("alpha", 0.7f), OnnxAttribute.Of("gamma", 1.3f)]));
        cases["Softsign 18"] = () => SmoothInSingle((b, x) => b.Node("Softsign", [x]));
        cases["Mish 18"] = () => SmoothInSingle((b, x) => b.Node("Mish", [x]));
        cases["Atan 18"] = () => SmoothInSingle((b, x) => b.Node("Atan", [x]));
        cases["Softplus 18"] = () => SmoothInSingle((b, x) => b.Node("Softplus", [x]));
        cases["Gelu exact"] = () => SmoothInSingle((b, x) => b.Node("Gelu", [x]), opset: 20);
        cases["Gelu by tanh"] = () => SmoothInSingle((b, x) => b.Node("Gelu", [x], [OnnxAttribute.Of("approximate", "tanh")]), opset: 20);
        cases["GlobalMaxPool of an image"] = () => FiniteDifference.Check((b, x) => Spaced(b, x, v => b.Node("GlobalMaxPool", [v])), [1, 3, 4], OnnxElementType.Float32, low: -0.01, high: 0.01);
        WindowCases.Add(cases);
        ResizeCases.Add(cases);
    }

    /// <summary>Curved operators without float64 kernels: see <see cref="SmoothCheck"/> for the tolerance.</summary>
    private static void SmoothInSingle(Func<OnnxGraphBuilder, OnnxValue, OnnxValue> layer, int opset = 18) => SmoothCheck.Check(layer, opset);

    private static OnnxValue Spaced(OnnxGraphBuilder b, OnnxValue x, Func<OnnxValue, OnnxValue> layer) => WindowCases.Spaced(b, x, layer);

    private static OnnxValue Constant(OnnxGraphBuilder b, int seed, params long[] dimensions)
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, (int)dimensions.Aggregate(1L, (p, d) => p * d)).Select(_ => 0.5 + (1.5 * random.NextDouble())).ToArray();
        return b.Initializer<double>($"constant{seed}_{dimensions.Length}", values, dimensions);
    }

    /// <summary>A part of a concatenation that does not depend on x but has its batch.</summary>
    private static OnnxValue Fixed(OnnxGraphBuilder b, OnnxValue x) => b.Node("Cast", [b.Node("Cast", [x], [OnnxAttribute.Of("to", 7)])], [OnnxAttribute.Of("to", 11)]);
}
