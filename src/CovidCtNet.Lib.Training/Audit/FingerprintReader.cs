using System.Collections.Concurrent;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using CovidCtNet.Lib.Imaging;
using CovidCtNet.Lib.Training.Data;

namespace CovidCtNet.Lib.Training.Audit;

/// <summary>Reads each file once and keeps its fingerprint.</summary>
internal static class FingerprintReader
{
    private static readonly CtPreprocessing Small = new() { Width = SliceFingerprint.Side, Height = SliceFingerprint.Side, Fit = CtFit.Stretch };

    public static SliceFingerprint?[] Read(
        IReadOnlyList<SliceRecord> slices, ConcurrentDictionary<int, UnreadableSlice> unreadable, ParallelOptions parallel, IProgress<LeakageAuditProgress>? progress)
    {
        var fingerprints = new SliceFingerprint?[slices.Count];
        var done = 0;
        Parallel.For(0, slices.Count, parallel, i =>
        {
            var path = slices[i].Path;
            try
            {
                fingerprints[i] = Of(File.ReadAllBytes(path), path);
            }
            catch (Exception e) when (e is CtImageException or IOException or UnauthorizedAccessException)
            {
                unreadable[i] = new UnreadableSlice(path, e.Message);
            }

            progress?.Report(new LeakageAuditProgress("reading", Interlocked.Increment(ref done), slices.Count));
        });
        return fingerprints;
    }

    private static SliceFingerprint Of(byte[] file, string path)
    {
        var image = CtImage.Load(new MemoryStream(file, writable: false), sourceName: path);
        using var pixels = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        pixels.AppendData(MemoryMarshal.AsBytes<int>([image.Width, image.Height, (int)image.ValueKind]));
        pixels.AppendData(MemoryMarshal.AsBytes(image.Pixels));
        return new SliceFingerprint(
            Convert.ToHexStringLower(SHA256.HashData(file)),
            Convert.ToHexStringLower(pixels.GetHashAndReset()),
            Quantise(Small.Apply(image)),
            new FileFacts(file.Length, FileFacts.ColorModeOf(file), image.Width, image.Height, BrightnessOf(image)));
    }

    // Hounsfield units have no largest value: they are as bright as the window shows them that the plane is seen through.
    private static double BrightnessOf(CtImage image)
    {
        if (image.ValueKind != CtValueKind.Hounsfield)
        {
            return TensorPrimitives.Sum(image.Pixels) / image.Pixels.Length / image.MaximumValue;
        }

        var shown = new float[image.Pixels.Length];
        image.CopyIntensityTo(shown, Small.Window);
        return TensorPrimitives.Sum<float>(shown) / shown.Length;
    }

    internal static byte[] Quantise(ReadOnlySpan<float> plane)
    {
        var bytes = new byte[plane.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            bytes[i] = (byte)Math.Clamp((plane[i] * 255) + 0.5f, 0, 255);
        }

        return bytes;
    }
}
