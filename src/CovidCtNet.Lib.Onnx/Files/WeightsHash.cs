using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CovidCtNet.Lib.Onnx.Protos;

namespace CovidCtNet.Lib.Onnx.Files;

/// <summary>The hash that <see cref="OnnxGraph.ComputeWeightsSha256"/> documents.</summary>
internal static class WeightsHash
{
    public static string Compute(IEnumerable<TensorProto> initializers)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var tensor in initializers.OrderBy(i => i.Name, StringComparer.Ordinal))
        {
            var name = Encoding.UTF8.GetBytes(tensor.Name);
            Append(hash, name.Length);
            hash.AppendData(name);
            Append(hash, tensor.DataType);
            Append(hash, tensor.Dims.Count);
            foreach (var size in tensor.Dims)
            {
                Append(hash, size);
            }

            if ((OnnxElementType)tensor.DataType == OnnxElementType.Utf8)
            {
                AppendText(hash, tensor);
                continue;
            }

            var data = TensorData.GetBytes(tensor).Span;
            Append(hash, (long)data.Length);
            hash.AppendData(data);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static void AppendText(IncrementalHash hash, TensorProto tensor)
    {
        Append(hash, tensor.StringData.Sum(s => sizeof(int) + (long)s.Length));
        foreach (var text in tensor.StringData)
        {
            Append(hash, text.Length);
            hash.AppendData(text.Span);
        }
    }

    private static void Append(IncrementalHash hash, int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        hash.AppendData(bytes);
    }

    private static void Append(IncrementalHash hash, long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        hash.AppendData(bytes);
    }
}
