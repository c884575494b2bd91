using Vaka.Plugins.Sso.Logins;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Metadata;

namespace Vaka.Plugins.Sso.Saml.Responses;

/// <summary>Completes a login with what arrived, or refuses it.</summary>
internal static class LoginCompletion
{
    public static async Task<CompleteLoginOutput> RunAsync(
        CompleteLoginInput input, IdentityProvider provider, SpKeyRing keys, SsoConfig config, IntegrationContext context,
        CancellationToken cancellationToken)
    {
        var trace = new LoginTrace(context);
        try
        {
            var now = context.Clock.GetUtcNow();
            var expected = Expected.Of(input, provider, InResponseTo.Read(input.Pending, config, now), config, now);
            var response = await ReadAsync(input.Message, expected, keys, context, trace, cancellationToken).ConfigureAwait(false);
            await OneUse.ConsumeAsync(response, expected, context.OneTime, trace, cancellationToken).ConfigureAwait(false);
            return response.Login;
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

    // An identity provider may have changed its key since its metadata was read.
    private static async Task<ReadResponse> ReadAsync(
        ArrivedMessage message, Expected expected, SpKeyRing keys, IntegrationContext context, LoginTrace trace, CancellationToken cancellationToken)
    {
        try
        {
            return ResponseReader.Read(message, expected, keys, trace);
        }
        catch (SamlRefusedException refused) when (refused.Check is "signature_key")
        {
            if (await IdentityProviders.RefreshAsync(expected.Config, context, cancellationToken).ConfigureAwait(false) is not { } newer) throw;
            trace.Passed("metadata", "No known key fits, and the metadata of the identity provider has new ones.");
            return ResponseReader.Read(message, expected with { Provider = newer }, keys, trace);
        }
    }
}
