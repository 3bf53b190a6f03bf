using BitMiracle.LibTiff.Classic;

namespace CovidCtNet.Lib.Imaging.Decoding;

/// <summary>
/// Keeps LibTiff.NET's messages about files read here off the console. The handler is one for the whole process, so that messages
/// about an application's own files go where they went before.
/// </summary>
internal sealed class TiffQuiet : TiffErrorHandler
{
    private static readonly Lock Installing = new();
    private static TiffQuiet? _installed;
    private TiffErrorHandler? _previous;

    /// <summary>Marks files read here.</summary>
    public static object Marker { get; } = new();

    public static void Install()
    {
        lock (Installing)
        {
            if (_installed is null)
            {
                _installed = new TiffQuiet();
                _installed._previous = Tiff.SetErrorHandler(_installed);
            }
        }
    }

    public override void ErrorHandler(Tiff tif, string method, string format, params object[] args)
    {
        if (!IsOurs(tif))
        {
            _previous?.ErrorHandler(tif, method, format, args);
        }
    }

    public override void ErrorHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
    {
        if (!IsOurs(tif))
        {
            _previous?.ErrorHandlerExt(tif, clientData, method, format, args);
        }
    }

    public override void WarningHandler(Tiff tif, string method, string format, params object[] args)
    {
        if (!IsOurs(tif))
        {
            _previous?.WarningHandler(tif, method, format, args);
        }
    }

    public override void WarningHandlerExt(Tiff tif, object clientData, string method, string format, params object[] args)
    {
        if (!IsOurs(tif))
        {
            _previous?.WarningHandlerExt(tif, clientData, method, format, args);
        }
    }

    private static bool IsOurs(Tiff? tif) => tif is not null && ReferenceEquals(tif.Clientdata(), Marker);
}
