using System.Text.Json;
using System.Xml;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Metadata;
using Vaka.Plugins.Sso.Saml.Requests;
using Vaka.Plugins.Sso.Saml.Responses;

namespace Vaka.Plugins.Sso.Saml.Logout;

/// <summary>Our logout messages. They are always signed: an unsigned one would let anybody sign people out.</summary>
internal static class LogoutMessages
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    /// <summary>Asks the identity provider to end somebody's session everywhere; nothing when it offers no logout.</summary>
    public static BeginLogoutOutput Request(BeginLogoutInput input, SsoConfig config, IdentityProvider provider, SpKeyRing keys, TimeProvider clock)
    {
        if (provider.SloUrl is not { } destination) return new BeginLogoutOutput();
        var state = JsonSerializer.Deserialize<LogoutState>(input.LogoutState) ?? throw new JsonException("The login remembered nothing.");
        var pending = PendingRequest.New(clock);
        var message = new SamlMessage
        {
            Name = "LogoutRequest",
            Id = pending.Id,
            IssuedAt = pending.IssuedAt,
            Issuer = config.EntityId ?? input.Addresses.Metadata,
            Destination = destination,
            Attributes = [("NotOnOrAfter", Instants.Write(pending.IssuedAt + Lifetime))],
            Content = writer => WriteWho(writer, state),
        };
        return new BeginLogoutOutput
        {
            Request = Bindings.Send(Bindings.Request, message, provider.SloBinding, input.Handle, keys.Current),
            Pending = pending.ToJson(),
        };
    }

    /// <summary>Tells the identity provider that the sessions it named have ended here; nothing when it takes no answer.</summary>
    public static BrowserRequest? Response(
        LogoutMessage request, string? relayState, SsoAddresses addresses, SsoConfig config, IdentityProvider provider, SpKeyRing keys, TimeProvider clock)
    {
        if ((provider.SloResponseUrl ?? provider.SloUrl) is not { } destination) return null;
        var own = PendingRequest.New(clock);
        var message = new SamlMessage
        {
            Name = "LogoutResponse",
            Id = own.Id,
            IssuedAt = own.IssuedAt,
            Issuer = config.EntityId ?? addresses.Metadata,
            Destination = destination,
            Attributes = [("InResponseTo", request.Id)],
            Content = WriteSuccess,
        };
        return Bindings.Send(Bindings.Response, message, provider.SloBinding, relayState, keys.Current);
    }

    private static void WriteWho(XmlWriter writer, LogoutState state)
    {
        writer.WriteStartElement("saml", "NameID", SamlNames.Assertion);
        WriteOptional(writer, "NameQualifier", state.NameId.NameQualifier);
        WriteOptional(writer, "SPNameQualifier", state.NameId.SpNameQualifier);
        WriteOptional(writer, "Format", state.NameId.Format);
        writer.WriteString(state.NameId.Value);
        writer.WriteEndElement();
        if (state.SessionIndex is { } index) writer.WriteElementString("samlp", "SessionIndex", SamlNames.Protocol, index);
    }

    private static void WriteSuccess(XmlWriter writer)
    {
        writer.WriteStartElement("samlp", "Status", SamlNames.Protocol);
        writer.WriteStartElement("samlp", "StatusCode", SamlNames.Protocol);
        writer.WriteAttributeString("Value", SamlNames.StatusSuccess);
        writer.WriteEndElement();
        writer.WriteEndElement();
    }

    private static void WriteOptional(XmlWriter writer, string name, string? value)
    {
        if (value is not null) writer.WriteAttributeString(name, value);
    }
}
