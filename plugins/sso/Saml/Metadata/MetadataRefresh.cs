namespace Vaka.Plugins.Sso.Saml.Metadata;

/// <summary>Fetches metadata and keeps it for all nodes. What goes wrong leaves the last good copy in use.</summary>
internal static class MetadataRefresh
{
    /// <exception cref="IntegrationException">It could not be fetched or is refused; a copy that is there stays, with the time noted since when
    /// it cannot be refreshed.</exception>
    public static async Task<StoredMetadata> RunAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        try
        {
            var fetched = await MetadataFetch.GetAsync(config, context, cancellationToken).ConfigureAwait(false);
            return (await ChangeAsync(config, context, current => new StoredMetadata
            {
                Url = config.IdpMetadataUrl!, // it was fetched from there
                WantedEntityId = config.IdpEntityId,
                Metadata = Acceptable(fetched, current?.Metadata, config),
                FetchedAt = context.Clock.GetUtcNow(),
            }, cancellationToken).ConfigureAwait(false))!; // what was just stored is there
        }
        catch (IntegrationException)
        {
            await ChangeAsync(config, context, current => current is null || current.FailingSince is not null
                ? current
                : current with { FailingSince = context.Clock.GetUtcNow() }, cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    // Who can publish there could otherwise take sign-in over, or switch it off, without a trace in the row.
    private static IdpMetadata Acceptable(IdpMetadata fetched, IdpMetadata? current, SsoConfig config)
    {
        if (fetched.Certificates.Count == 0 && config.IdpCertificates is null)
        {
            throw Refused("The metadata names no signing certificate.");
        }

        return current is not null && current.EntityId != fetched.EntityId
            ? throw Refused($"The metadata is now that of '{fetched.EntityId}', no longer of '{current.EntityId}'. If that is right, give the new "
                + "one as idp_entity_id.")
            : fetched;
    }

    private static IntegrationException Refused(string message) => new(FailureKind.InvalidConfiguration, message) { Effect = Effect.None };

    private static async Task<StoredMetadata?> ChangeAsync(
        SsoConfig config, IntegrationContext context, Func<StoredMetadata?, StoredMetadata?> next, CancellationToken cancellationToken)
    {
        StoredMetadata? result = null;
        await context.State.UpdateAsync(
            StoredMetadata.Key,
            null,
            (json, _) =>
            {
                result = next(StoredMetadata.Read(json, config));
                return Task.FromResult(result is null ? json : result.ToJson());
            },
            cancellationToken).ConfigureAwait(false);
        return result;
    }
}
