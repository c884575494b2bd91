using System.IO.Compression;

namespace Vaka.Plugins.Sso.Saml.Xml;

/// <summary>Bounded base64 and DEFLATE.</summary>
internal static class SamlEncoding
{
    private const int MostInflated = 256 * 1024;

    /// <summary>Strict: the alphabet, complete padding, and white space between them.</summary>
    public static byte[] FromBase64(string text, string check, int mostBytes = SamlXml.MostBytes)
    {
        // Lines of 64 characters with CR LF are three per cent of white space; half as much again is plenty.
        if (text.Length > mostBytes * 2L) throw new SamlRefusedException(check, $"It has more than {mostBytes} bytes.");
        try
        {
            var bytes = Convert.FromBase64String(text);
            return bytes.Length <= mostBytes ? bytes : throw new SamlRefusedException(check, $"It has more than {mostBytes} bytes.");
        }
        catch (FormatException exception)
        {
            throw new SamlRefusedException(check, "It is not base64.", exception);
        }
    }

    /// <summary>What the redirect binding packs; read no further than 256 KiB.</summary>
    public static byte[] Inflate(ReadOnlyMemory<byte> deflated, string check)
    {
        using var source = new MemoryStream(deflated.ToArray(), writable: false);
        using var inflater = new DeflateStream(source, CompressionMode.Decompress);
        using var inflated = new MemoryStream();
        var buffer = new byte[16 * 1024];
        try
        {
            for (int read; (read = inflater.Read(buffer)) > 0;)
            {
                if (inflated.Length + read > MostInflated) throw new SamlRefusedException(check, $"It unpacks to more than {MostInflated} bytes.");
                inflated.Write(buffer, 0, read);
            }
        }
        catch (InvalidDataException exception)
        {
            throw new SamlRefusedException(check, "It cannot be unpacked.", exception);
        }

        return inflated.ToArray();
    }
}
