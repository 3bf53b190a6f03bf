namespace CovidCtNet.Lib.Onnx;

/// <summary>
/// Where the cells of a feature map look: the cell in row y and column x at the pixel of row <see cref="FirstRow"/> + y * <see cref="RowStride"/>
/// and column <see cref="FirstColumn"/> + x * <see cref="ColumnStride"/> of the input, counted from the centre of its first pixel.
/// </summary>
/// <param name="FirstRow">Row at which the first row of cells looks.</param>
/// <param name="RowStride">Pixel rows from one row of cells to the next.</param>
/// <param name="FirstColumn">Column at which the first column of cells looks.</param>
/// <param name="ColumnStride">Pixel columns from one column of cells to the next.</param>
public readonly record struct OnnxCellGrid(double FirstRow, double RowStride, double FirstColumn, double ColumnStride);
