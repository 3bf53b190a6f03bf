using CovidCtNet.Lib.Onnx.Files;
using CovidCtNet.Lib.Onnx.Protos;
using Google.Protobuf;

namespace CovidCtNet.Lib.Onnx;

/// <content>Reading and writing.</content>
public sealed partial class OnnxGraph
{
    /// <summary>Reads and checks an ONNX file.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="limits">How much is accepted; <see langword="null"/> for <see cref="OnnxLimits.Default"/>.</param>
    /// <exception cref="OnnxFormatException">The file is not an ONNX model of operator set 11 to 21 in one file, or is damaged, or exceeds a limit.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static OnnxGraph Load(string path, OnnxLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16, FileOptions.SequentialScan);
        return Load(stream, path, limits);
    }

    /// <summary>Reads and checks an ONNX model from a stream, to its end. The stream stays open.</summary>
    /// <param name="stream">The model.</param>
    /// <param name="name">Name for messages, or <see langword="null"/>.</param>
    /// <param name="limits">How much is accepted; <see langword="null"/> for <see cref="OnnxLimits.Default"/>.</param>
    /// <inheritdoc cref="Load(string, OnnxLimits?)" path="/exception"/>
    public static OnnxGraph Load(Stream stream, string? name = null, OnnxLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        limits ??= OnnxLimits.Default;
        return new OnnxGraph(OnnxReader.Read(stream, name ?? "(stream)", limits), name, limits);
    }

    /// <summary>Writes the model to a file. A temporary file in the same folder is moved into place, so the name never holds a half-written model.</summary>
    /// <param name="path">Path of the file; an existing one is replaced.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var full = Path.GetFullPath(path);
        var temporary = Path.Combine(Path.GetDirectoryName(full) ?? ".", $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                Save(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, full, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>Writes the model to a stream, which stays open. The same graph gives the same bytes.</summary>
    /// <param name="stream">Where to write.</param>
    public void Save(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var output = new CodedOutputStream(stream, leaveOpen: true);
        Model.WriteTo(output);
        OperatorSetsInWritingOrder().WriteTo(output);
    }

    /// <summary>The model as the bytes of a file.</summary>
    public byte[] ToArray()
    {
        var sets = OperatorSetsInWritingOrder();
        var bytes = new byte[checked(Model.CalculateSize() + sets.CalculateSize())];
        using var output = new CodedOutputStream(bytes);
        Model.WriteTo(output);
        sets.WriteTo(output);
        return bytes;
    }

    /// <summary>The standard set last: wherever a file is cut, it is missing, and the file is refused.</summary>
    private ModelProto OperatorSetsInWritingOrder()
    {
        var tail = new ModelProto();
        tail.OpsetImport.AddRange(_operatorSets.OrderBy(o => GraphValidator.IsStandardDomain(o.Domain)));
        return tail;
    }
}
