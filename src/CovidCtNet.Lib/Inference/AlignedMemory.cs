using System.Runtime.InteropServices;

namespace CovidCtNet.Lib.Inference;

/// <summary>
/// Managed memory that starts at a multiple of 64 bytes, wherever the garbage collector put its array. Kernels that add up a plane begin with
/// single values until their wide loads are aligned, so that the last bit of a sum, and of a prediction, would depend on the address.
/// </summary>
internal static class AlignedMemory
{
    private const int Alignment = 64;

    /// <summary>Zeros that stay where they are.</summary>
    public static Memory<float> Allocate(int length)
    {
        var array = GC.AllocateArray<float>(checked(length + (Alignment / sizeof(float)) - 1), pinned: true);
        var misplaced = (int)(Marshal.UnsafeAddrOfPinnedArrayElement(array, 0) % Alignment);
        return array.AsMemory(misplaced == 0 ? 0 : (Alignment - misplaced) / sizeof(float), length);
    }
}
