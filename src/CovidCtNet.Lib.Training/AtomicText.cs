using System.Text;

namespace CovidCtNet.Lib.Training;

/// <summary>Writes text files that appear whole or not at all.</summary>
internal static class AtomicText
{
    public static void Write(string path, string text) => AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
}
