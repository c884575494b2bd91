using System.Security.Cryptography.X509Certificates;
using Vaka.Plugins.Sso.Saml.Keys;
using Vaka.Plugins.Sso.Saml.Metadata;

namespace Vaka.Plugins.Sso.Saml;

/// <summary>Reads the metadata anew, looks at the certificates, and at whether the identity provider answers. Begins no login.</summary>
internal sealed class SamlProbe(SsoConfig config, IntegrationContext context)
{
    private readonly List<string> warnings = [];
    private readonly List<Expiry> expiries = [];

    public async Task<ProbeResult> RunAsync(CancellationToken cancellationToken)
    {
        var metadata = IdentityProviders.IsFetched(config)
            ? await RefreshAsync(cancellationToken).ConfigureAwait(false)
            : await ReadAsync(cancellationToken).ConfigureAwait(false);
        IdentityProvider? provider = null;
        await context.StepAsync("certificates", async token =>
        {
            provider = Combine(metadata);
            return await JudgeAsync(provider.Certificates, token).ConfigureAwait(false);
        }, cancellationToken).ConfigureAwait(false);
        await ReachAsync(provider!, cancellationToken).ConfigureAwait(false); // set by the step before
        if (config.AllowSha1)
        {
            warnings.Add("SHA-1 signatures are taken, which can be forged: have the identity provider sign with SHA-256 and switch allow_sha1 off.");
        }

        var result = warnings.Count > 0
            ? ProbeResult.Warning($"Sign-in at '{provider!.EntityId}' is set up, but: {string.Join(' ', warnings)}") // set above
            : ProbeResult.Healthy($"Sign-in at '{provider!.EntityId}' is set up."); // set above
        return result with { Expiries = expiries };
    }

    // A failure to refresh is never an outage while there is a copy.
    private async Task<IdpMetadata?> RefreshAsync(CancellationToken cancellationToken)
    {
        StoredMetadata? stored = null;
        try
        {
            await context.StepAsync("metadata", async token =>
            {
                stored = await MetadataRefresh.RunAsync(config, context, token).ConfigureAwait(false);
                return $"Read the metadata of '{stored.Metadata.EntityId}'.";
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (IntegrationException exception)
        {
            stored = await IdentityProviders.StoredAsync(config, context, cancellationToken).ConfigureAwait(false);
            if (stored is null) throw;
            warnings.Add($"The metadata could not be refreshed since {Instants.Show(stored.FailingSince ?? context.Clock.GetUtcNow())}; the last "
                + $"good copy of {Instants.Show(stored.FetchedAt)} is in use. {exception.Message}");
        }

        return Current(stored!.Metadata); // without one the catch throws
    }

    private async Task<IdpMetadata?> ReadAsync(CancellationToken cancellationToken)
    {
        if (config.IdpMetadataXml is not { } xml) return null;
        IdpMetadata? metadata = null;
        await context.StepAsync("metadata", _ =>
        {
            metadata = Usable(() => MetadataDocument.Choose(xml, config.IdpEntityId));
            return Task.FromResult($"The pasted metadata is that of '{metadata.EntityId}'.");
        }, cancellationToken).ConfigureAwait(false);
        return Current(metadata!); // set by the step
    }

    private IdpMetadata Current(IdpMetadata metadata)
    {
        if (metadata.ValidUntil is { } end && end < context.Clock.GetUtcNow())
        {
            warnings.Add($"The copy of the metadata has not been valid since {Instants.Show(end)}.");
        }

        return metadata;
    }

    private IdentityProvider Combine(IdpMetadata? metadata) => Usable(() => IdentityProviders.Combine(config, metadata));

    private async Task<string> JudgeAsync(IReadOnlyList<X509Certificate2> certificates, CancellationToken cancellationToken)
    {
        var now = context.Clock.GetUtcNow();
        var weak = certificates.Select(CertificateText.WeaknessOf).OfType<string>().ToList();
        if (weak.Count == certificates.Count)
        {
            throw new IntegrationException(FailureKind.InvalidConfiguration, $"No signing certificate of the identity provider can be used: {weak[0]}.");
        }

        if (weak.Count > 0) warnings.Add($"A signing certificate of the identity provider is not used: {weak[0]}.");

        // While keys are changed the old certificate may run out: the last one counts.
        var last = certificates.Max(certificate => new DateTimeOffset(certificate.NotAfter).ToUniversalTime());
        expiries.Add(new Expiry("Signing certificate of the identity provider", last));
        if (last < now)
        {
            warnings.Add(
                $"The identity provider's signing certificate expired on {Instants.Show(last)}. Its signatures are still taken; have it renewed.");
        }

        if (await SpKeys.ExpiryAsync(config, context, cancellationToken).ConfigureAwait(false) is { } ours)
        {
            expiries.Add(new Expiry(FormattableString.Invariant($"Our key {config.KeyNumber}"), ours));
        }

        return certificates.Count == 1
            ? $"One signing certificate, good until {Instants.Show(last)}."
            : FormattableString.Invariant($"{certificates.Count} signing certificates, the last good until {Instants.Show(last)}.");
    }

    // People's browsers go there, not we: an address that is out of our reach may well be within theirs.
    private async Task ReachAsync(IdentityProvider provider, CancellationToken cancellationToken)
    {
        var origins = new[] { provider.SsoUrl, provider.SloUrl, provider.SloResponseUrl }.OfType<string>()
            .Select(address => new Uri(address).GetLeftPart(UriPartial.Authority)).Distinct().ToList();
        try
        {
            await context.StepAsync("endpoints", async token =>
            {
                foreach (var origin in origins)
                {
                    // Any answer will do; the services themselves expect a message.
                    using var request = new HttpRequestMessage(HttpMethod.Head, $"{origin}/");
                    using var answer = await context.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, token).ConfigureAwait(false);
                }

                return $"{string.Join(" and ", origins)} {(origins.Count == 1 ? "answers" : "answer")}.";
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (IntegrationException exception)
        {
            warnings.Add($"The identity provider's sign-in address does not answer from here; it must answer people's browsers. {exception.Message}");
        }
    }

    private static T Usable<T>(Func<T> make)
    {
        try
        {
            return make();
        }
        catch (FormatException exception)
        {
            throw new IntegrationException(FailureKind.InvalidConfiguration, exception.Message, exception) { Effect = Effect.None };
        }
    }
}
