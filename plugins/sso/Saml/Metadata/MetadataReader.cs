using System.Xml;

namespace Vaka.Plugins.Sso.Saml.Metadata;

/// <summary>Reads a metadata document in one pass and without a tree, so that a federation's of thousands of entities, or a hostile one, costs no
/// more memory than one entity. Not the reader of SAML messages: metadata is larger and full of comments, which are skipped here. It is trusted
/// for where it came from (the admin's own paste, or TLS), so that a signature on it is not needed and none is read.</summary>
internal sealed class MetadataReader
{
    public const int LargestDocument = 4 * 1024 * 1024;
    private const int MostOfAKind = 20;
    private const int LongestText = 64 * 1024;

    private readonly XmlReader reader;
    private readonly string? wanted;
    private readonly Stack<(int Depth, DateTimeOffset? Until)> validity = new();

    private MetadataReader(XmlReader reader, string? wanted) => (this.reader, this.wanted) = (reader, wanted);

    /// <summary>The SAML 2.0 identity providers in a document.</summary>
    /// <param name="document">UTF-8, or what its declaration says.</param>
    /// <param name="wanted">Only the one of this entity id; <c>null</c>: all.</param>
    /// <exception cref="XmlException">It is not well-formed, has a DTD, is too large, or is not metadata.</exception>
    public static IReadOnlyList<IdpMetadata> Read(Stream document, string? wanted)
    {
        using var xml = XmlReader.Create(document, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = LargestDocument,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        });
        return [.. new MetadataReader(xml, wanted).ReadEntities()];
    }

    private IEnumerable<IdpMetadata> ReadEntities()
    {
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element) continue;
            if (reader.Depth == 0 && !(IsMetadata("EntityDescriptor") || IsMetadata("EntitiesDescriptor")))
            {
                throw new XmlException("It is not SAML metadata: the root is no EntityDescriptor and no EntitiesDescriptor.");
            }

            var validUntil = EnterValidity();
            if (IsMetadata("EntityDescriptor") && reader.GetAttribute("entityID") is { Length: > 0 } id && (wanted is null || id == wanted)
                && ReadEntity(id, validUntil) is { } entity)
            {
                yield return entity;
            }
        }
    }

    // An entity stays valid no longer than what is around it.
    private DateTimeOffset? EnterValidity()
    {
        while (validity.TryPeek(out var outer) && outer.Depth >= reader.Depth) validity.Pop();
        var around = validity.TryPeek(out var parent) ? parent.Until : null;
        if (reader.GetAttribute("validUntil") is not { } text) return around;
        var until = Earlier(around, Time(text));
        validity.Push((reader.Depth, until));
        return until;
    }

    private IdpMetadata? ReadEntity(string id, DateTimeOffset? validUntil)
    {
        IdpMetadata? found = null;
        var depth = reader.Depth;
        if (reader.IsEmptyElement) return null;
        while (reader.Read() && reader.Depth > depth)
        {
            // Several roles may follow each other, for other versions of the protocol.
            if (found is null && reader.NodeType == XmlNodeType.Element && reader.Depth == depth + 1 && IsMetadata("IDPSSODescriptor")
                && (reader.GetAttribute("protocolSupportEnumeration") ?? "").Split((char[]?)null).Contains(SamlNames.Protocol))
            {
                found = ReadRole(id, validUntil);
            }
        }

        return found;
    }

    private IdpMetadata ReadRole(string id, DateTimeOffset? validUntil)
    {
        if (reader.GetAttribute("validUntil") is { } text) validUntil = Earlier(validUntil, Time(text));
        var wantsSigned = reader.GetAttribute("WantAuthnRequestsSigned") is "true" or "1";
        var certificates = new List<string>();
        List<IdpEndpoint> signOn = [], logout = [];
        var depth = reader.Depth;
        if (!reader.IsEmptyElement)
        {
            while (reader.Read() && reader.Depth > depth)
            {
                if (reader.NodeType != XmlNodeType.Element || reader.Depth != depth + 1) continue;
                if (IsMetadata("KeyDescriptor")) ReadKey(certificates);
                else if (IsMetadata("SingleSignOnService")) ReadEndpoint(signOn);
                else if (IsMetadata("SingleLogoutService")) ReadEndpoint(logout);
            }
        }

        return new IdpMetadata
        {
            EntityId = id,
            Certificates = [.. certificates.Distinct()],
            SingleSignOn = signOn,
            SingleLogout = logout,
            WantsSignedRequests = wantsSigned,
            ValidUntil = validUntil,
        };
    }

    // Of a chain only the first certificate is the signer's: its authority may not sign in its name.
    private void ReadKey(List<string> certificates)
    {
        var signs = reader.GetAttribute("use") is null or "" or "signing";
        var depth = reader.Depth;
        var isFirst = true;
        if (reader.IsEmptyElement) return;
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType != XmlNodeType.Element || reader.NamespaceURI != SamlNames.Signature) continue;
            if (reader.LocalName == "X509Data") isFirst = true;
            if (reader.LocalName != "X509Certificate" || !signs || !isFirst) continue;
            isFirst = false;
            AddCertificate(certificates);
        }
    }

    private void AddCertificate(List<string> certificates)
    {
        var text = Text();
        if (certificates.Count == MostOfAKind) throw new XmlException("It names more than 20 signing certificates.");
        try
        {
            using var certificate = CertificateText.Read(text, certificates.Count + 1);
            certificates.Add(Convert.ToBase64String(certificate.RawData));
        }
        catch (FormatException exception)
        {
            throw new XmlException(exception.Message, exception);
        }
    }

    private void ReadEndpoint(List<IdpEndpoint> endpoints)
    {
        SamlBinding? binding = reader.GetAttribute("Binding") switch
        {
            SamlNames.RedirectBinding => SamlBinding.Redirect,
            SamlNames.PostBinding => SamlBinding.Post,
            _ => null,
        };
        if (binding is { } known && endpoints.Count < MostOfAKind && Address("Location") is { } location)
        {
            endpoints.Add(new IdpEndpoint(known, location, Address("ResponseLocation")));
        }
    }

    // The text of an element that has nothing but text. The reader stays on its end.
    private string Text()
    {
        var text = new System.Text.StringBuilder();
        var depth = reader.Depth;
        if (reader.IsEmptyElement) return "";
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType == XmlNodeType.Element || text.Length > LongestText) throw new XmlException("It has a certificate that is none.");
            text.Append(reader.Value);
        }

        return text.ToString();
    }

    private string? Address(string attribute) => reader.GetAttribute(attribute)?.Trim() is { Length: > 0 and <= 2048 } address ? address : null;

    private bool IsMetadata(string name) => reader.LocalName == name && reader.NamespaceURI == SamlNames.Metadata;

    private static DateTimeOffset? Earlier(DateTimeOffset? one, DateTimeOffset? other) => one is null || other < one ? other ?? one : one;

    private static DateTimeOffset Time(string text)
    {
        try
        {
            return Instants.Parse(text);
        }
        catch (FormatException exception)
        {
            throw new XmlException("It has a validUntil that is no time.", exception);
        }
    }
}
