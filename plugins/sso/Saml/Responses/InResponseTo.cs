using System.Text.Json;
using System.Xml;
using Vaka.Plugins.Sso.Saml.Requests;
using Vaka.Plugins.Sso.Saml.Xml;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>Binds a response to the request that this very browser made.</summary>
internal static class InResponseTo
{
    /// <summary>How long somebody may take to sign in at the identity provider.</summary>
    public static readonly TimeSpan LongestLogin = TimeSpan.FromHours(1);

    private const string Name = "in_response_to";

    public static PendingRequest? Read(string? pending, SsoConfig config, DateTimeOffset now)
    {
        if (pending is null)
        {
            return config.AllowIdpInitiated
                ? null
                : throw new SamlRefusedException(Name, "This browser has begun no login here, or too long ago, and the integration takes none that began at the identity provider.");
        }

        var request = JsonSerializer.Deserialize<PendingRequest>(pending);
        if (request is not { Id.Length: > 0 }) throw new InvalidOperationException("What begin_login wanted to be remembered came back as something else.");
        return now - request.IssuedAt < LongestLogin
            ? request
            : throw new SamlRefusedException(Name, $"The login was begun at {request.IssuedAt:u}, more than an hour ago. Begin it again.");
    }

    public static void Check(XmlElement element, Expected expected)
    {
        var answers = element.Attribute("InResponseTo");
        if (answers == expected.Pending?.Id) return;
        throw new SamlRefusedException(Name, (answers, expected.Pending) switch
        {
            (_, null) => $"{element.LocalName} answers a request, and this browser has made none.",
            (null, _) => $"{element.LocalName} answers no request, and this browser has made one.",
            _ => $"{element.LocalName} answers another request than this browser's.",
        });
    }
}
