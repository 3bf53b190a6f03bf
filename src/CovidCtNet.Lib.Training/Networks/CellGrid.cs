using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Networks;

/// <summary>
/// Where the cells of a feature map look: cell i at pixel <see cref="First"/> + i * <see cref="Stride"/>, the centre of its receptive field
/// (Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill 2019, equation 4).
/// </summary>
/// <param name="Stride">Pixels from a cell to the next.</param>
/// <param name="First">Pixel at which the first cell looks.</param>
internal readonly record struct CellGrid(int Stride, double First)
{
    /// <summary>The share that each cell has of each pixel, [cells, pixels]: a pixel between two cells belongs to both, by nearness; one beyond the last cell to that.</summary>
    public Tensor Shares(long cells, long pixels)
    {
        var shares = new float[cells * pixels];
        for (var pixel = 0; pixel < pixels; pixel++)
        {
            var place = Math.Clamp((pixel - First) / Stride, 0, cells - 1);
            var cell = (int)Math.Min(place, Math.Max(cells - 2, 0));
            shares[(cell * pixels) + pixel] = (float)(1 - (place - cell));
            if (cell + 1 < cells)
            {
                shares[((cell + 1) * pixels) + pixel] = (float)(place - cell);
            }
        }

        return tensor(shares, [cells, pixels]);
    }
}
