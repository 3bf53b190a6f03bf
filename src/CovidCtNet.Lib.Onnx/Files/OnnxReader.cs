using CovidCtNet.Lib.Onnx.Protos;
using Google.Protobuf;

namespace CovidCtNet.Lib.Onnx.Files;

/// <summary>Parses the bytes of a model under limits, and turns the parser's errors into errors about the file.</summary>
internal static class OnnxReader
{
    public static ModelProto Read(Stream stream, string name, OnnxLimits limits)
    {
        if (stream.CanSeek)
        {
            var length = stream.Length - stream.Position;
            if (length > limits.MaximumBytes)
            {
                throw new OnnxFormatException(name, null, $"has {length} bytes, more than the limit of {limits.MaximumBytes}; raise {nameof(OnnxLimits)}.{nameof(OnnxLimits.MaximumBytes)} if the file is trusted");
            }

            if (length == 0)
            {
                throw new OnnxFormatException(name, null, "is empty; export or copy the model again");
            }
        }

        try
        {
            // Not disposed: that would close the caller's stream.
            var input = CodedInputStream.CreateWithLimits(stream, limits.MaximumBytes, limits.MaximumNesting);
            var model = new ModelProto();
            model.MergeFrom(input);
            return model;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxFormatException(name, null, Explain(e, limits), e);
        }
    }

    private static string Explain(InvalidProtocolBufferException e, OnnxLimits limits) => e.Message switch
    {
        var m when m.Contains("too many levels", StringComparison.Ordinal) =>
            $"is nested deeper than {limits.MaximumNesting} levels; raise {nameof(OnnxLimits)}.{nameof(OnnxLimits.MaximumNesting)} if the file is trusted",
        var m when m.Contains("too large", StringComparison.Ordinal) =>
            $"is larger than the limit of {limits.MaximumBytes} bytes; raise {nameof(OnnxLimits)}.{nameof(OnnxLimits.MaximumBytes)} if the file is trusted",
        var m when m.Contains("unexpected end", StringComparison.OrdinalIgnoreCase) || m.Contains("truncated", StringComparison.OrdinalIgnoreCase) || m.Contains("ended unexpectedly", StringComparison.OrdinalIgnoreCase) =>
            "ends in the middle of a field: it is cut short, or is not an ONNX model; export or copy it again",
        _ => "is not an ONNX model (its bytes are not a protobuf message of that kind); export it to ONNX first",
    };
}
