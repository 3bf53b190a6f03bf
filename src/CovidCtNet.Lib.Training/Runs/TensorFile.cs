using System.Security.Cryptography;
using System.Text;
using static TorchSharp.torch;

namespace CovidCtNet.Lib.Training.Runs;

/// <summary>
/// Named tensors in a file that ends with the SHA-256 of what stands before it. TorchSharp's own format refuses tensors that are
/// not laid out row by row, as channels-last weights and their optimizer state are; here values are written in logical order.
/// </summary>
internal static class TensorFile
{
    private const ulong Magic = 0x31_54_45_4e_54_43_43_43; // "CCCTNET1", little-endian

    /// <summary>Writes the tensors under their names.</summary>
    public static void Save(string path, IEnumerable<KeyValuePair<string, Tensor>> tensors)
    {
        using var memory = new MemoryStream();
        using (var writer = new BinaryWriter(memory, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Magic);
            foreach (var (name, tensor) in tensors)
            {
                using var scope = NewDisposeScope();
                var plain = tensor.detach().contiguous();
                writer.Write(name);
                writer.Write((byte)plain.dtype);
                writer.Write(plain.shape.Length);
                foreach (var side in plain.shape)
                {
                    writer.Write(side);
                }

                writer.Write(plain.bytes);
            }
        }

        memory.Write(SHA256.HashData(memory.GetBuffer().AsSpan(0, (int)memory.Length)));
        AtomicFile.Write(path, stream => memory.WriteTo(stream));
    }

    /// <summary>Copies the saved values into tensors of the same names, types and shapes, whatever their layout.</summary>
    /// <exception cref="TrainingException">The file is damaged, or is not of these tensors.</exception>
    public static void Load(string path, IReadOnlyDictionary<string, Tensor> into)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < sizeof(ulong) + SHA256.HashSizeInBytes
            || BitConverter.ToUInt64(bytes) != Magic
            || !SHA256.HashData(bytes.AsSpan(0, bytes.Length - SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(bytes.AsSpan(bytes.Length - SHA256.HashSizeInBytes)))
        {
            throw new TrainingException($"'{path}' is damaged or no weights file: take another checkpoint.");
        }

        try
        {
            Copy(bytes, path, into);
        }
        catch (Exception e) when (e is EndOfStreamException or FormatException or OverflowException or ArgumentException)
        {
            // The hash guards against accidents, not against whoever writes a file with a hash of its own.
            throw new TrainingException($"'{path}' is damaged: it ends within a tensor or holds an impossible size. Take another checkpoint.", e);
        }
    }

    private static void Copy(byte[] bytes, string path, IReadOnlyDictionary<string, Tensor> into)
    {
        using var noGrad = no_grad();
        using var reader = new BinaryReader(new MemoryStream(bytes, sizeof(ulong), bytes.Length - sizeof(ulong) - SHA256.HashSizeInBytes), Encoding.UTF8);
        var loaded = 0;
        while (reader.BaseStream.Position < reader.BaseStream.Length)
        {
            var name = reader.ReadString();
            var type = (ScalarType)reader.ReadByte();
            var rank = reader.ReadInt32();
            if (rank < 0 || rank > (reader.BaseStream.Length - reader.BaseStream.Position) / sizeof(long))
            {
                throw new EndOfStreamException();
            }

            var shape = new long[rank];
            for (var i = 0; i < shape.Length; i++)
            {
                shape[i] = reader.ReadInt64();
            }

            if (!into.TryGetValue(name, out var target) || target.dtype != type || !target.shape.SequenceEqual(shape))
            {
                throw new TrainingException($"'{path}' is of another network: its '{name}' is {type} [{string.Join(", ", shape)}].");
            }

            using var values = empty(shape, type);
            values.bytes = reader.ReadBytes(checked((int)(values.numel() * values.element_size())));
            target.copy_(values);
            loaded++;
        }

        if (loaded != into.Count)
        {
            throw new TrainingException($"'{path}' is of another network: it holds {loaded} of {into.Count} tensors.");
        }
    }
}
