using System.Net;
using System.Security.Cryptography.X509Certificates;
using Vaka.Plugins.Webhook.Actions;

namespace Vaka.Plugins.Webhook;

/// <summary>The wire of one integration: its connections, its certificate, its tokens. Kept for as long as the config stands.</summary>
internal sealed class WebhookClient : IDisposable
{
    private readonly WebhookConfig config;
    private readonly WebhookWriter writer;
    private readonly X509Certificate2? certificate;
    private readonly HttpClient? ownHttp;
    private readonly HttpClient? tokenHttp;

    private WebhookClient(WebhookConfig config, ResourceScope scope)
    {
        this.config = config;
        writer = new WebhookWriter(config, scope.IntegrationId);
        Address = new WebhookAddress(config.Url, config.Auth is ApiKeyAuth { In: "query" } key ? key : null);
        if (config.Auth is ClientCertificateAuth certificateAuth)
        {
            (certificate, var problem) = ClientCertificate.Read(certificateAuth);
            if (problem is not null)
            {
                throw new IntegrationException(FailureKind.InvalidConfiguration, problem) { Effect = Effect.None };
            }
        }

        Tls = new TlsOptions { PinnedCertificate = config.PinnedCertificate, ClientCertificate = certificate };
        ownHttp = certificate is not null || config.PinnedCertificate is not null ? scope.Network.CreateHttpClient(Tls) : null;
        if (config.Auth is OAuth2ClientCredentialsAuth oauth)
        {
            tokenHttp = scope.Network.CreateHttpClient(TlsOptions.Default);
            Tokens = new OAuth2Tokens(oauth, tokenHttp, TimeSpan.FromSeconds(config.TimeoutSeconds), scope.Clock);
        }
    }

    public WebhookAddress Address { get; }

    public TlsOptions Tls { get; }

    /// <summary><c>null</c> unless the endpoint wants tokens.</summary>
    public OAuth2Tokens? Tokens { get; }

    /// <summary>The client of this integration with this config.</summary>
    public static ValueTask<WebhookClient> OfAsync(WebhookConfig config, IntegrationContext context, CancellationToken cancellationToken) =>
        context.GetOrCreateResourceAsync(
            "client", (scope, _) => ValueTask.FromResult(new WebhookClient(config, scope)), cancellationToken);

    /// <summary>Sends one message.</summary>
    /// <exception cref="IntegrationException">It was not taken, or not certainly.</exception>
    public async Task<PushDataOutput> PushAsync(PushDataInput input, IntegrationContext context, CancellationToken cancellationToken)
    {
        var message = Compose(input, context);
        var target = Address.For(input.Path, input.Query);
        var token = Tokens is null ? null : await Tokens.GetAsync(cancellationToken).ConfigureAwait(false);
        var response = await SendAsync(message, input, target, token, context, cancellationToken).ConfigureAwait(false);
        try
        {
            if (response.StatusCode is HttpStatusCode.Unauthorized && Tokens is not null && token is not null)
            {
                // A token may end before its time. The refused call had no effect, so it is made once more with a new one.
                Tokens.Discard(token);
                token = await Tokens.GetAsync(cancellationToken).ConfigureAwait(false);
                response.Dispose();
                response = await SendAsync(message, input, target, token, context, cancellationToken).ConfigureAwait(false);
            }

            return response.IsSuccessStatusCode
                ? new PushDataOutput
                {
                    StatusCode = (int)response.StatusCode,
                    WebhookId = message.Id,
                    Body = await AnswerText.ReadAsync(response, context.Clock, cancellationToken).ConfigureAwait(false),
                }
                : throw WebhookFailures.FromEndpoint(response, config.Method, context.Clock);
        }
        finally
        {
            response.Dispose();
        }
    }

    /// <inheritdoc cref="WebhookWriter.Compose"/>
    public WebhookMessage Compose(PushDataInput input, IntegrationContext context) =>
        writer.Compose(input, context.DeduplicationKey, context.Clock.GetUtcNow());

    public void Dispose()
    {
        Tokens?.Dispose();
        tokenHttp?.Dispose();
        ownHttp?.Dispose();
        certificate?.Dispose();
    }

    private async Task<HttpResponseMessage> SendAsync(
        WebhookMessage message, PushDataInput input, Uri target, string? token, IntegrationContext context, CancellationToken cancellationToken)
    {
        using var request = writer.Write(message, input, target, token);
        return await (ownHttp ?? context.Http)
            .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }
}
