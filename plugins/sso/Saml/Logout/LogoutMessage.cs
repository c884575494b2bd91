using System.Xml;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Responses;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Logout;

/// <summary>A logout message of the identity provider, read from octets whose signature is good.</summary>
internal sealed class LogoutMessage(XmlElement root)
{
    private const string Check = "message";

    public string Id { get; } = root.Attribute("ID") is { Length: > 0 } id ? id : throw new SamlRefusedException(Check, "It has no ID.");

    public DateTimeOffset IssuedAt { get; } = SamlTime.Read(root, "IssueInstant", "issue_instant")
        ?? throw new SamlRefusedException("issue_instant", "It does not say when it was issued.");

    public string? Version => root.Attribute("Version");

    public string? Destination => root.Attribute("Destination");

    public string? InResponseTo => root.Attribute("InResponseTo");

    public DateTimeOffset? NotOnOrAfter => SamlTime.Read(root, "NotOnOrAfter", "not_on_or_after");

    public string? Issuer => root.Child(SamlNames.Assertion, "Issuer", "issuer")?.Text("issuer");

    public IReadOnlyList<string> SessionIndexes => [.. root.Children(SamlNames.Protocol, "SessionIndex").Select(index => index.Text("session_index"))];

    /// <summary>The status and what is nested in it, outermost first.</summary>
    public IEnumerable<string?> Status()
    {
        for (var code = root.Child(SamlNames.Protocol, "Status", "status")?.Child(SamlNames.Protocol, "StatusCode", "status"); code is not null;
            code = code.Child(SamlNames.Protocol, "StatusCode", "status"))
        {
            yield return code.Attribute("Value");
        }
    }

    public bool Is(string name) => root.Is(SamlNames.Protocol, name);

    /// <summary>Whose sessions, encrypted or not.</summary>
    public NameId Subject(SpKeyRing keys) => NameId.Read(root, keys);
}
