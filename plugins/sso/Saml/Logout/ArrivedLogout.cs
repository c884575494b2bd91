using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Metadata;
using Vaka.Plugins.Sso.Saml.Requests;

namespace Vaka.Plugins.Sso.Saml.Logout;

/// <summary>Checks a logout message of the identity provider: the answer to ours, or its order to end somebody's sessions.</summary>
internal sealed class ArrivedLogout(CompleteLogoutInput input, SsoConfig config, IntegrationContext context)
{
    private readonly LoginTrace trace = new(context);

    private TimeSpan Skew => TimeSpan.FromSeconds(config.ClockSkewSeconds);

    private TimeSpan LongestAge => TimeSpan.FromSeconds(config.MaxResponseAgeSeconds) + Skew;

    public async Task<CompleteLogoutOutput> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var provider = await IdentityProviders.GetAsync(config, context, cancellationToken).ConfigureAwait(false);
            var isRequest = IsRequest();
            var message = await SignedLogout.ReadAsync(
                input.Message, isRequest ? Bindings.Request : Bindings.Response, provider, config, context, cancellationToken).ConfigureAwait(false);
            trace.Passed("signature", "It is signed by the identity provider.");
            if (!message.Is(isRequest ? "LogoutRequest" : "LogoutResponse"))
            {
                throw new SamlRefusedException("message", "It is another message than its parameter says.");
            }

            Check(message, provider);
            return isRequest
                ? await EndAsync(message, provider, cancellationToken).ConfigureAwait(false)
                : Conclude(message, provider);
        }
        catch (SamlRefusedException refused)
        {
            throw trace.Refused(refused.Check, refused.Message, refused);
        }
        catch (Exception exception) when (exception is not (IntegrationException or OperationCanceledException))
        {
            // What nobody thought of is a refusal too, the same as any other to whoever sent it.
            throw trace.Refused("unexpected", "It could not be read; the host's log has the details.", exception);
        }
    }

    private bool IsRequest() => (input.Message.Fields.ContainsKey(Bindings.Request), input.Message.Fields.ContainsKey(Bindings.Response)) switch
    {
        (true, false) => true,
        (false, true) => false,
        _ => throw new SamlRefusedException("message", "Exactly one of SAMLRequest and SAMLResponse is expected."),
    };

    private void Check(LogoutMessage message, IdentityProvider provider)
    {
        if (message.Version != "2.0") throw new SamlRefusedException("version", $"It is of version {LoginTrace.Shown(message.Version)}, not 2.0.");
        if (message.Issuer != provider.EntityId)
        {
            throw new SamlRefusedException("issuer", $"It is from {LoginTrace.Shown(message.Issuer)}, not from '{provider.EntityId}'.");
        }

        trace.Passed("issuer", $"It is from '{provider.EntityId}'.");
        if (message.Destination != input.Addresses.Slo)
        {
            throw new SamlRefusedException("destination", $"It is meant for {LoginTrace.Shown(message.Destination)}, not for '{input.Addresses.Slo}'.");
        }

        trace.Passed("destination", "It is meant for this side.");
        var now = context.Clock.GetUtcNow();
        var age = now - message.IssuedAt;
        if (age < -Skew || age > LongestAge)
        {
            throw new SamlRefusedException(
                "issue_instant", $"It was issued at {Instants.Show(message.IssuedAt)}, and now it is {Instants.Show(now)}. Are both clocks right?");
        }

        trace.Passed("issue_instant", "It was issued just now.");
    }

    private CompleteLogoutOutput Conclude(LogoutMessage message, IdentityProvider provider)
    {
        if (Pending() is not { } pending || message.InResponseTo != pending.Id)
        {
            throw new SamlRefusedException("in_response_to", "It answers no logout that this browser began here.");
        }

        trace.Passed("in_response_to", "It answers the logout that this browser began.");
        var status = message.Status().ToList();
        var isComplete = status is [SamlNames.StatusSuccess, ..] && !status.Contains(SamlNames.StatusPartialLogout);
        if (isComplete)
        {
            trace.Passed("status", $"'{provider.EntityId}' ended the session everywhere.");
        }
        else
        {
            trace.Noted("status", $"'{provider.EntityId}' did not end the session everywhere: {LoginTrace.Shown(string.Join(" / ", status))}.");
        }

        return new CompleteLogoutOutput { IsComplete = isComplete };
    }

    private async Task<CompleteLogoutOutput> EndAsync(LogoutMessage message, IdentityProvider provider, CancellationToken cancellationToken)
    {
        if (message.NotOnOrAfter is { } end && context.Clock.GetUtcNow() >= end + Skew)
        {
            throw new SamlRefusedException("not_on_or_after", $"It ran out at {Instants.Show(end)}.");
        }

        var keys = await SpKeys.GetAsync(config, context, cancellationToken).ConfigureAwait(false);
        var subject = message.Subject(keys);

        // Last of all checks: a refused message uses nothing up. Once it is too old it is refused for its age.
        var id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(message.Id)));
        var lifetime = LongestAge + Skew + TimeSpan.FromSeconds(1);
        if (!await context.OneTime.TryAddAsync($"saml:logout:{id}", "", lifetime, cancellationToken).ConfigureAwait(false))
        {
            throw new SamlRefusedException("replay", "It has arrived before.");
        }

        trace.Passed("replay", "It has not arrived before.");
        return new CompleteLogoutOutput
        {
            Ended = new EndedSessions { Issuer = provider.EntityId, Subject = subject.Value, Indexes = message.SessionIndexes },
            Reply = LogoutMessages.Response(
                message, input.Message.Fields.GetValueOrDefault("RelayState"), input.Addresses, config, provider, keys, context.Clock),
        };
    }

    private PendingRequest? Pending()
    {
        try
        {
            return input.Pending is null ? null : JsonSerializer.Deserialize<PendingRequest>(input.Pending);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
