using System.Security.Cryptography.X509Certificates;

namespace Vaka.Plugins.Sso.Saml.Metadata;

/// <summary>Who the identity provider is: explicit fields of the config win over pasted metadata, which wins over fetched metadata.</summary>
internal static class IdentityProviders
{
    // How old what this node holds may be before it looks at what the nodes share.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan RefetchInterval = TimeSpan.FromMinutes(5);

    /// <summary>Fetched metadata is what the probe stored last; only the first login before any probe fetches it.</summary>
    public static async ValueTask<IdentityProvider> GetAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        if (!IsFetched(config))
        {
            return await context.GetOrCreateResourceAsync("saml_idp", (_, _) => ValueTask.FromResult(Pasted(config)), cancellationToken)
                .ConfigureAwait(false);
        }

        var held = await HeldAsync(context, cancellationToken).ConfigureAwait(false);
        if (held.Current is { } current && context.Clock.GetElapsedTime(current.At) < Freshness) return current.Provider;
        var stored = await StoredAsync(config, context, cancellationToken).ConfigureAwait(false)
            ?? await MetadataRefresh.RunAsync(config, context, cancellationToken).ConfigureAwait(false);
        return Hold(held, config, stored, context.Clock);
    }

    /// <summary>For a signature that no known certificate matches: the identity provider may have changed its key since the last probe. Fetches
    /// the metadata again, at most once in five minutes on all nodes together.</summary>
    /// <returns>Who it is by now; <c>null</c>: nothing newer is known.</returns>
    public static async ValueTask<IdentityProvider?> RefreshAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        if (!IsFetched(config) || config.IdpCertificates is not null) return null;
        var held = await HeldAsync(context, cancellationToken).ConfigureAwait(false);
        var known = held.Current?.Stored;
        var stored = await StoredAsync(config, context, cancellationToken).ConfigureAwait(false);
        if (!IsNewer(stored, known)
            && await context.OneTime.TryAddAsync("saml:metadata_refetch", "", RefetchInterval, cancellationToken).ConfigureAwait(false))
        {
            try
            {
                stored = await MetadataRefresh.RunAsync(config, context, cancellationToken).ConfigureAwait(false);
            }
            catch (IntegrationException)
            {
                // The login is refused for its signature; the next probe says what is wrong with the metadata.
                return null;
            }
        }

        return IsNewer(stored, known) ? Hold(held, config, stored!, context.Clock) : null; // newer than something is something
    }

    public static bool IsFetched(SsoConfig config) => config is { IdpMetadataUrl: not null, IdpMetadataXml: null };

    public static async ValueTask<StoredMetadata?> StoredAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        StoredMetadata.Read(await context.State.GetAsync(StoredMetadata.Key, null, cancellationToken).ConfigureAwait(false), config);

    /// <summary>Completes the config's fields from metadata.</summary>
    /// <exception cref="FormatException">Something that is needed is in neither.</exception>
    public static IdentityProvider Combine(SsoConfig config, IdpMetadata? metadata)
    {
        var signOn = Preferred(metadata?.SingleSignOn, config);
        var logout = Preferred(metadata?.SingleLogout, config);
        IReadOnlyList<X509Certificate2> certificates = config.IdpCertificates is { } pasted
            ? CertificateText.ReadAll(pasted)
            : [.. (metadata?.Certificates ?? []).Select((base64, index) => CertificateText.Read(base64, index + 1))];
        return new IdentityProvider
        {
            EntityId = config.IdpEntityId ?? metadata?.EntityId
                ?? throw new FormatException("The identity provider's entity id is not known. Give idp_entity_id, or its metadata."),
            Certificates = certificates.Count > 0
                ? certificates
                : throw new FormatException("No signing certificate of the identity provider is known. Give idp_certificates."),
            SsoUrl = config.IdpSsoUrl ?? signOn?.Location
                ?? throw new FormatException("The identity provider offers no sign-in by redirect or POST. Give idp_sso_url."),
            SsoBinding = config.IdpSsoUrl is null ? signOn?.Binding ?? config.RequestBinding : config.RequestBinding,
            SloUrl = config.IdpSloUrl ?? logout?.Location,
            SloResponseUrl = config.IdpSloUrl is null ? logout?.ResponseLocation : null,
            SloBinding = config.IdpSloUrl is null ? logout?.Binding ?? config.RequestBinding : config.RequestBinding,
            WantsSignedRequests = metadata?.WantsSignedRequests ?? false,
        };
    }

    private static IdpEndpoint? Preferred(IReadOnlyList<IdpEndpoint>? endpoints, SsoConfig config) =>
        endpoints?.FirstOrDefault(endpoint => endpoint.Binding == config.RequestBinding) ?? endpoints?.FirstOrDefault();

    private static IdentityProvider Pasted(SsoConfig config) =>
        Usable(() => Combine(config, config.IdpMetadataXml is { } xml ? MetadataDocument.Choose(xml, config.IdpEntityId) : null));

    private static IdentityProvider Usable(Func<IdentityProvider> make)
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

    private static bool IsNewer(StoredMetadata? stored, StoredMetadata? known) =>
        stored is not null && (known is null || !stored.Metadata.Certificates.SequenceEqual(known.Metadata.Certificates));

    private static ValueTask<Holder> HeldAsync(IntegrationContext context, CancellationToken cancellationToken) =>
        context.GetOrCreateResourceAsync("saml_idp_fetched", (_, _) => ValueTask.FromResult(new Holder()), cancellationToken);

    private static IdentityProvider Hold(Holder holder, SsoConfig config, StoredMetadata stored, TimeProvider clock)
    {
        // What is the same stays the same object: certificates are not read again every ten seconds.
        var provider = holder.Current is { } held && held.Stored.ToJson() == stored.ToJson()
            ? held.Provider
            : Usable(() => Combine(config, stored.Metadata));
        holder.Current = new Held(provider, stored, clock.GetTimestamp());
        return provider;
    }

    /// <summary>What this node holds of what is stored for all.</summary>
    private sealed class Holder
    {
        // One reference is swapped, so that a reader sees parts that belong together.
        private volatile Held? current;

        public Held? Current
        {
            get => current;
            set => current = value;
        }
    }

    private sealed record Held(IdentityProvider Provider, StoredMetadata Stored, long At);
}
