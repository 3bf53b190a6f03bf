using CovidCtNet.Lib.Imaging;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>
/// Columns of a <see cref="SchemaShape"/>. They have no public constructor, so that one is borrowed from a custom mapping whose output
/// is described as wanted.
/// </summary>
internal static class ShapeColumn
{
    /// <summary>The columns of an input, with added ones in place of those of the same names.</summary>
    public static SchemaShape Append(SchemaShape input, params ReadOnlySpan<SchemaShape.Column> added)
    {
        var columns = new Dictionary<string, SchemaShape.Column>(StringComparer.Ordinal);
        foreach (var column in input)
        {
            columns[column.Name] = column;
        }

        foreach (var column in added)
        {
            columns[column.Name] = column;
        }

        return new SchemaShape(columns.Values);
    }

    /// <summary>A column like one of a real schema.</summary>
    public static SchemaShape.Column Like(DataViewSchema.Column column) => column.Type switch
    {
        BooleanDataViewType => Borrow<BooleanRow>(column),
        VectorDataViewType => Borrow<VectorRow>(column),
        CtSliceDataViewType => Borrow<SliceRow>(column),
        ImageDataViewType => Borrow<ImageRow>(column),
        _ => Borrow<SingleRow>(column),
    };

    private static SchemaShape.Column Borrow<TRow>(DataViewSchema.Column wanted)
        where TRow : class, new()
    {
        var definition = SchemaDefinition.Create(typeof(TRow));
        var column = definition[0];
        column.ColumnName = wanted.Name;
        column.ColumnType = wanted.Type;
        foreach (var annotation in wanted.Annotations.Schema)
        {
            switch (annotation.Type)
            {
                case TextDataViewType:
                    ReadOnlyMemory<char> text = default;
                    wanted.Annotations.GetValue(annotation.Name, ref text);
                    column.AddAnnotation(annotation.Name, text, annotation.Type);
                    break;
                case BooleanDataViewType:
                    var flag = false;
                    wanted.Annotations.GetValue(annotation.Name, ref flag);
                    column.AddAnnotation(annotation.Name, flag, annotation.Type);
                    break;
                case KeyDataViewType:
                    uint key = 0;
                    wanted.Annotations.GetValue(annotation.Name, ref key);
                    column.AddAnnotation(annotation.Name, key, annotation.Type);
                    break;
            }
        }

        var mapping = new MLContext().Transforms.CustomMapping<NoColumns, TRow>(static (_, _) => { }, null, outputSchemaDefinition: definition);
        return mapping.GetOutputSchema(new SchemaShape([]))[0];
    }

    private sealed class NoColumns;

    private sealed class SingleRow
    {
        public float Value { get; set; }
    }

    private sealed class BooleanRow
    {
        public bool Value { get; set; }
    }

    private sealed class VectorRow
    {
        public VBuffer<float> Value { get; set; }
    }

    private sealed class SliceRow
    {
        [CtSliceType]
        public CtImage? Value { get; set; }
    }

    private sealed class ImageRow
    {
        [ImageType(1, 1)]
        public MLImage? Value { get; set; }
    }
}
