using System.Net;

namespace Vaka.Plugins.Sso.Saml.Metadata;

/// <summary>Fetches metadata from where the identity provider publishes it.</summary>
internal static class MetadataFetch
{
    public static async Task<IdpMetadata> GetAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        var document = await FetchInTimeAsync(config, context, cancellationToken).ConfigureAwait(false);
        try
        {
            var metadata = MetadataDocument.Choose(document, config.IdpEntityId);
            return metadata.ValidUntil < context.Clock.GetUtcNow()
                ? throw new FormatException(FormattableString.Invariant(
                    $"The metadata has not been valid since {metadata.ValidUntil:yyyy-MM-dd}. Its publisher has to renew it."))
                : metadata;
        }
        catch (FormatException exception)
        {
            throw new IntegrationException(FailureKind.InvalidConfiguration, exception.Message, exception) { Effect = Effect.None };
        }
    }

    // Half of the call's time: what hangs here must leave time to go on with the last good copy.
    private static async Task<ReadOnlyMemory<byte>> FetchInTimeAsync(SsoConfig config, IntegrationContext context, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(config.TimeoutSeconds / 2.0), context.Clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var response = await context.Http.GetAsync(config.IdpMetadataUrl, HttpCompletionOption.ResponseHeadersRead, either.Token)
                .ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK
                ? await ReadAsync(response.Content, either.Token).ConfigureAwait(false)
                : throw Failure(response);
        }
        catch (OperationCanceledException exception) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new IntegrationException(FailureKind.Unavailable, "The metadata URL did not answer in time.", exception) { Effect = Effect.None };
        }
    }

    private static IntegrationException Failure(HttpResponseMessage response) => (int)response.StatusCode switch
    {
        >= 300 and < 400 => new(FailureKind.InvalidConfiguration,
            "The metadata URL answers with a redirect, which is not followed. Give the address that it leads to.") { Effect = Effect.None },
        401 or 403 or 404 or 410 => new(FailureKind.InvalidConfiguration,
            FormattableString.Invariant($"The metadata URL answers {(int)response.StatusCode}. Check it; it must be readable without signing in."))
            { Effect = Effect.None },
        var status => new(FailureKind.Unavailable, FormattableString.Invariant($"The metadata URL answers {status}.")) { Effect = Effect.None },
    };

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var document = new MemoryStream();
        var buffer = new byte[32 * 1024];
        int count;
        while ((count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (document.Length + count > MetadataReader.LargestDocument)
            {
                throw new IntegrationException(FailureKind.InvalidConfiguration,
                    "The metadata is larger than 4 MiB. Give the URL of this identity provider's own, or paste it.") { Effect = Effect.None };
            }

            document.Write(buffer, 0, count);
        }

        return document.GetBuffer().AsMemory(0, (int)document.Length);
    }
}
