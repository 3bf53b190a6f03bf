using System.Collections.Frozen;

namespace CovidCtNet.Lib.Onnx.Shapes;

/// <summary>The table of shape rules, one entry per operator of the standard set.</summary>
internal static class ShapeRules
{
    private static readonly FrozenDictionary<string, ShapeRule> Table = Build();

    public static ShapeRule? Find(OnnxNode node) => node.Domain.Length == 0 ? Table.GetValueOrDefault(node.OpType) : null;

    private static FrozenDictionary<string, ShapeRule> Build()
    {
        var table = new Dictionary<string, ShapeRule>(StringComparer.Ordinal);
        ElementwiseShapes.Register(table);
        WindowShapes.Register(table);
        LinearShapes.Register(table);
        ReductionShapes.Register(table);
        ResizeShapes.Register(table);
        LayoutShapes.Register(table);
        SelectionShapes.Register(table);
        ValueShapes.Register(table);
        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
