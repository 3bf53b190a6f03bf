using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms.Image;

namespace CovidCtNet.Lib.Transforms.Views;

/// <summary>Finds and checks the column that a step reads.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="PlaneLength">Numbers in a plane; 0 where the step takes no planes.</param>
/// <param name="TakesSlices">Whether the step takes columns of slices.</param>
internal sealed record InputColumn(string Name, int PlaneLength, bool TakesSlices)
{
    /// <exception cref="CovidCtSchemaException">There is no such column, or the step cannot read it.</exception>
    public (DataViewSchema.Column Column, CtSliceSource Source) Find(DataViewSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        var column = schema.GetColumnOrNull(Name) ?? throw Missing(schema.Select(c => c.Name));
        var vector = column.Type as VectorDataViewType;
        var source = Classify(vector?.ItemType ?? column.Type, vector is not null) ?? throw WrongType(column.Type.ToString()!);
        if (source == CtSliceSource.Plane && vector!.IsKnownSize && vector.Size != PlaneLength)
        {
            throw WrongSize(vector.Size);
        }

        return (column, source);
    }

    /// <inheritdoc cref="Find(DataViewSchema)"/>
    public CtSliceSource Find(SchemaShape schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        foreach (var column in schema)
        {
            if (column.Name == Name)
            {
                var isVector = column.Kind != SchemaShape.Column.VectorKind.Scalar;
                return (column.IsKey ? null : Classify(column.ItemType, isVector))
                    ?? throw WrongType((isVector ? "vector of " : string.Empty) + (column.IsKey ? "keys" : column.ItemType));
            }
        }

        throw Missing(schema.Select(c => c.Name));
    }

    /// <summary>Copies a plane from a column of vectors.</summary>
    /// <exception cref="CovidCtSchemaException">The vector has another length.</exception>
    public void CopyPlane(in VBuffer<float> from, Span<float> plane)
    {
        if (from.Length != plane.Length)
        {
            throw WrongSize(from.Length);
        }

        from.CopyTo(plane);
    }

    private CovidCtSchemaException WrongSize(int length) => new(
        Name,
        string.Create(CultureInfo.InvariantCulture, $"holds vectors of {length} numbers, and the network takes planes of {PlaneLength}"),
        "Preprocess with the model's own settings: PreprocessCtSlices(model.Preprocessing)");

    private CtSliceSource? Classify(DataViewType item, bool isVector) => (item, isVector) switch
    {
        (TextDataViewType, false) => CtSliceSource.Path,
        (NumberDataViewType, true) when item == NumberDataViewType.Byte => CtSliceSource.Bytes,
        (NumberDataViewType, true) when item == NumberDataViewType.Single && PlaneLength > 0 => CtSliceSource.Plane,
        (ImageDataViewType, false) => CtSliceSource.Image,
        (CtSliceDataViewType, false) when TakesSlices => CtSliceSource.Slice,
        _ => null,
    };

    private CovidCtSchemaException Missing(IEnumerable<string> names)
        => new(Name, $"is not among the columns {string.Join(", ", names.Distinct(StringComparer.Ordinal))}", "Set InputColumnName to the column that holds the slices");

    private CovidCtSchemaException WrongType(string type)
    {
        List<string> taken = ["text (paths)", "vector of Byte (file content)", "Image (MLImage)"];
        if (TakesSlices)
        {
            taken.Add("CtSlice (CtImage)");
        }

        if (PlaneLength > 0)
        {
            taken.Add(string.Create(CultureInfo.InvariantCulture, $"vector of {PlaneLength} Single (preprocessed planes)"));
        }

        return new CovidCtSchemaException(Name, $"is of type {type}", $"It can be {string.Join(", ", taken)}");
    }
}
