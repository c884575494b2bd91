using System.Xml;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Metadata;

namespace Vaka.Plugins.Sso.Saml.Requests;

/// <summary>Asks the identity provider who somebody is.</summary>
internal static class AuthnRequests
{
    public static BeginLoginOutput Make(BeginLoginInput input, SsoConfig config, IdentityProvider provider, SpKeyRing keys, TimeProvider clock)
    {
        var pending = PendingRequest.New(clock);
        var message = new SamlMessage
        {
            Name = "AuthnRequest",
            Id = pending.Id,
            IssuedAt = pending.IssuedAt,
            Issuer = config.EntityId ?? input.Addresses.Metadata,
            Destination = provider.SsoUrl,
            Attributes =
            [
                ("ForceAuthn", input.ForceAuthn ? "true" : null),
                ("ProtocolBinding", SamlNames.PostBinding),
                ("AssertionConsumerServiceURL", input.Addresses.Acs),
            ],
            Content = writer => WriteWishes(writer, config),
        };
        var signs = config.SignRequests || provider.WantsSignedRequests;
        var request = Bindings.Send(Bindings.Request, message, provider.SsoBinding, input.Handle, signs ? keys.Current : null);
        return new BeginLoginOutput { Request = WithHint(request, input.LoginHint), Pending = pending.ToJson() };
    }

    // The standard's own way, a Subject in the request, is refused by many identity providers. This parameter is what those read that fill the
    // name in, and the others pass it over. A form has no place for it.
    private static BrowserRequest WithHint(BrowserRequest request, string? hint) => hint is null || request.Fields.Count > 0
        ? request
        : request with { Url = Bindings.WithQuery(request.Url, $"login_hint={Uri.EscapeDataString(hint)}") };

    private static void WriteWishes(XmlWriter writer, SsoConfig config)
    {
        if (config.NameIdFormat is { } format)
        {
            writer.WriteStartElement("samlp", "NameIDPolicy", SamlNames.Protocol);
            writer.WriteAttributeString("Format", format);

            // A transient name is made for the occasion in any case, and errata E14 forbids to ask for it.
            if (format != SamlNames.Transient) writer.WriteAttributeString("AllowCreate", "true");
            writer.WriteEndElement();
        }

        if (config.AuthenticationContexts.Count > 0)
        {
            writer.WriteStartElement("samlp", "RequestedAuthnContext", SamlNames.Protocol);
            writer.WriteAttributeString("Comparison", "exact");
            foreach (var context in config.AuthenticationContexts)
            {
                writer.WriteElementString("saml", "AuthnContextClassRef", SamlNames.Assertion, context);
            }

            writer.WriteEndElement();
        }
    }
}
