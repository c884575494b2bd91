using System.Reflection;
using System.Xml;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Vaka.Plugins.Host.Plugins;

/// <summary>The picture of a provider, from the resources of its assembly.</summary>
internal sealed record PluginIcon(byte[] Bytes, string ContentType)
{
    public const int MaxBytes = 64 * 1024;

    private static ReadOnlySpan<byte> PngSignature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    /// <summary>Answers the icon of a provider, for the API and the page alike.</summary>
    /// <exception cref="ProblemException"><see cref="ProblemCode.NotFound"/>.</exception>
    public static FileContentHttpResult Answer(string type, IPluginCatalog catalog, HttpResponse response)
    {
        var entry = catalog.Find(type)
            ?? throw new ProblemException(ProblemCode.NotFound, "There is no such provider. GET /api/v1/providers lists them.");
        var icon = (entry.Plugin is { } plugin ? Read(plugin) : null)
            ?? throw new ProblemException(ProblemCode.NotFound, $"The provider {type} has no icon.");

        // An icon is a third party's file: it may draw and nothing else.
        response.Headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers.CacheControl = "private, max-age=3600";
        return TypedResults.File(icon.Bytes, icon.ContentType);
    }

    /// <summary>The icon of a loaded plugin; <c>null</c>: it has none. Who serves it sandboxes it: an SVG may hold scripts.</summary>
    public static PluginIcon? Read(LoadedPlugin plugin) => Read(plugin.Assembly, plugin.Descriptor.Icon);

    /// <exception cref="ProviderCheckException">There is no such resource, it is too large, or neither SVG nor PNG.</exception>
    public static PluginIcon? Read(Assembly assembly, string? resource)
    {
        if (resource is null) return null;
        using var stream = assembly.GetManifestResourceStream(resource)
            ?? throw new ProviderCheckException(
                $"Icon '{resource}' is not an embedded resource of {assembly.GetName().Name}; "
                + $"it has: {Names(assembly.GetManifestResourceNames())}.");
        if (stream.Length > MaxBytes)
            throw new ProviderCheckException($"Icon '{resource}' has {stream.Length} bytes; {MaxBytes} is the most.");

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var contentType = bytes.AsSpan().StartsWith(PngSignature) ? "image/png"
            : IsSvg(bytes) ? "image/svg+xml"
            : throw new ProviderCheckException($"Icon '{resource}' is neither an SVG nor a PNG.");
        return new PluginIcon(bytes, contentType);
    }

    private static bool IsSvg(byte[] bytes)
    {
        using var reader = XmlReader.Create(new MemoryStream(bytes), new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
        });
        try
        {
            return reader.MoveToContent() is XmlNodeType.Element && reader is { LocalName: "svg", NamespaceURI: "http://www.w3.org/2000/svg" };
        }
        catch (XmlException)
        {
            return false;
        }
    }

    private static string Names(string[] names) => names.Length == 0 ? "none" : string.Join(", ", names);
}
