namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// The scalar a gradient starts from, one per batch row: an element of an output tensor [N, ...]. Elements are counted row-major within a row, so
/// for [N, classes] the element is the class.
/// </summary>
public sealed record GradientSeed
{
    private GradientSeed(string tensor) => Tensor = tensor;

    /// <summary>The tensor that holds the scalar, usually the logits.</summary>
    public string Tensor { get; }

    /// <summary>The element, where it is the same for every row and run.</summary>
    public int? FixedElement { get; private init; }

    /// <summary>Name of the input that gives the element of each row at run time, int64 [N]; or <see langword="null"/>.</summary>
    public string? ElementInput { get; private init; }

    /// <summary>The same element for every row.</summary>
    /// <param name="tensor">Tensor [N, ...], the logits for Grad-CAM.</param>
    /// <param name="element">Element within a row, from 0.</param>
    public static GradientSeed Element(string tensor, int element)
    {
        ArgumentException.ThrowIfNullOrEmpty(tensor);
        ArgumentOutOfRangeException.ThrowIfNegative(element);
        return new(tensor) { FixedElement = element };
    }

    /// <summary>An element for each row, fed at run time through a new input.</summary>
    /// <param name="tensor">Tensor [N, ...].</param>
    /// <param name="inputName">Name of the new input, int64 [N].</param>
    public static GradientSeed FromInput(string tensor, string inputName)
    {
        ArgumentException.ThrowIfNullOrEmpty(tensor);
        ArgumentException.ThrowIfNullOrEmpty(inputName);
        return new(tensor) { ElementInput = inputName };
    }

    /// <summary>The largest element of each row: the class the model decides for. Of equal ones the first.</summary>
    /// <param name="tensor">Tensor [N, ...].</param>
    public static GradientSeed Largest(string tensor)
    {
        ArgumentException.ThrowIfNullOrEmpty(tensor);
        return new(tensor);
    }
}
