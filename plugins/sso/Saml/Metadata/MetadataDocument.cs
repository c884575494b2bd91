using System.Text;
using System.Xml;

namespace Vaka.Plugins.Sso.Saml.Metadata;

/// <summary>Chooses the identity provider of a metadata document.</summary>
internal static class MetadataDocument
{
    public static IdpMetadata Choose(string xml, string? entityId) => Choose(Encoding.UTF8.GetBytes(WithoutDeclaration(xml)), entityId);

    /// <exception cref="FormatException">It cannot be used; the message says why and what to do.</exception>
    public static IdpMetadata Choose(ReadOnlyMemory<byte> document, string? entityId)
    {
        IReadOnlyList<IdpMetadata> found;
        try
        {
            using var stream = new MemoryStream(document.ToArray(), writable: false);
            found = MetadataReader.Read(stream, entityId);
        }
        catch (XmlException exception)
        {
            throw new FormatException($"The metadata cannot be read. {exception.Message}", exception);
        }

        return found switch
        {
            [] when entityId is not null => throw new FormatException(
                $"The metadata describes no SAML 2.0 identity provider '{entityId}'. Correct idp_entity_id, or leave it empty when the metadata "
                + "describes only one."),
            [] => throw new FormatException("The metadata describes no SAML 2.0 identity provider. Is it that of a service provider?"),
            [var one] => Checked(one),
            _ when entityId is null => throw new FormatException("The metadata describes several identity providers. Say in idp_entity_id which one."),
            _ => throw new FormatException($"The metadata describes '{entityId}' more than once."),
        };
    }

    private static IdpMetadata Checked(IdpMetadata metadata) =>
        metadata.SingleSignOn.Concat(metadata.SingleLogout).SelectMany(endpoint => new[] { endpoint.Location, endpoint.ResponseLocation })
            .FirstOrDefault(address => address is not null && !SafeAddress.IsSafe(address)) is { } unsafeAddress
            ? throw new FormatException($"The metadata names an address that is not https: '{unsafeAddress}'.")
            : metadata;

    // The text has been decoded already: an encoding that it declares would be wrong now.
    private static string WithoutDeclaration(string xml)
    {
        var text = xml.TrimStart('\uFEFF', ' ', '\t', '\r', '\n');
        if (!text.StartsWith("<?xml ", StringComparison.Ordinal)) return text;
        var end = text.IndexOf("?>", StringComparison.Ordinal);
        return end < 0 ? text : text[(end + 2)..];
    }
}
