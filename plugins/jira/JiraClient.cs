using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Jira;

/// <summary>The wire: where a call goes, as whom, and whether the answer is one of Jira's.</summary>
internal sealed class JiraClient
{
    private const string Gateway = "https://api.atlassian.com/";
    private static readonly ProductInfoHeaderValue UserAgent =
        new("Vaka-Plugins-Jira", typeof(JiraClient).Assembly.GetCustomAttribute<AssemblyFileVersionAttribute>()?.Version ?? "0");

    private JiraClient(JiraConfig config, IntegrationContext context) => (Config, Context) = (config, context);

    public JiraConfig Config { get; }

    public IntegrationContext Context { get; }

    public bool IsCloud => Config.IsCloud;

    /// <summary>A tenant uses the platform's account, of which it may learn nothing.</summary>
    public bool IsLent => Context is { Scope: ConfigScope.Platform, CallerTenantId: not null };

    public static JiraClient Of(JiraConfig config, IntegrationContext context) => new(config, context);

    public Task<JsonElement> GetAsync(FormattableString path, string purpose, CancellationToken cancellationToken) =>
        ReadAsync(JiraCall.Get(path, purpose), cancellationToken);

    /// <summary>The JSON of a good answer.</summary>
    /// <exception cref="IntegrationException">The answer was not good, or no JSON.</exception>
    public async Task<JsonElement> ReadAsync(JiraCall call, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(call, cancellationToken).ConfigureAwait(false);
        return answer.Json is { ValueKind: JsonValueKind.Object or JsonValueKind.Array } json ? json : throw JiraFailures.NotJira(answer, call);
    }

    /// <summary>A good answer, which may be empty.</summary>
    public async Task<ApiAnswer> SendAsync(JiraCall call, CancellationToken cancellationToken)
    {
        var answer = await TrySendAsync(call, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess || (call.ReadsOnly && JiraFailures.IsForNobody(answer))) throw JiraFailures.From(answer, call, Config);

        // A sign-in page in front of Jira answers 200 to everything.
        return answer.Body.IsEmpty || answer.Json is not null ? answer : throw JiraFailures.NotJira(answer, call);
    }

    /// <summary>Any answer.</summary>
    public async Task<ApiAnswer> TrySendAsync(JiraCall call, CancellationToken cancellationToken)
    {
        try
        {
            if (Config.Auth is not OAuth2Auth oauth)
            {
                var root = $"{JiraSite.BaseOf(Config).AbsoluteUri}rest/api/{(IsCloud ? 3 : 2)}/";
                using var request = Compose(call, root, Credentials());
                return await ApiAnswer.SendAsync(Context.Http, request, Context.Clock, cancellationToken, call.MaxBytes).ConfigureAwait(false);
            }

            var tokens = await OAuth2Tokens.OfAsync(oauth.ToSettings(), Context, cancellationToken).ConfigureAwait(false);
            var cloudId = await CloudSite.IdAsync(this, oauth, tokens, cancellationToken).ConfigureAwait(false);
            return await tokens.SendAsync(
                token => Compose(call, $"{Gateway}ex/jira/{Uri.EscapeDataString(cloudId)}/rest/api/3/", Bearer(token)),
                Context,
                cancellationToken,
                call.MaxBytes).ConfigureAwait(false);
        }
        catch (IntegrationException failure) when (call.ReadsOnly && failure.Effect is not Effect.None)
        {
            throw new IntegrationException(failure.Kind, failure.Message, failure) { Effect = Effect.None, RetryAfter = failure.RetryAfter };
        }
    }

    /// <summary>The sites that the consent covers.</summary>
    public Task<ApiAnswer> ListSitesAsync(OAuth2Tokens tokens, CancellationToken cancellationToken) => tokens.SendAsync(
        token => Compose(new JiraCall(HttpMethod.Get, "oauth/token/accessible-resources", "find the site"), Gateway, Bearer(token)),
        Context,
        cancellationToken);

    private static AuthenticationHeaderValue Bearer(SecretString token) => new("Bearer", token.Reveal());

    private static HttpRequestMessage Compose(JiraCall call, string root, AuthenticationHeaderValue credentials)
    {
        var request = new HttpRequestMessage(call.Method, new Uri(root + call.Path))
        {
            Content = call.Content?.Invoke() ?? (call.Body is null ? null : Json(call.Body)),
        };
        request.Headers.Authorization = credentials;
        request.Headers.Accept.Add(new("application/json"));
        request.Headers.UserAgent.Add(new(UserAgent.Product!)); // made with a product
        if (call.Content is not null) request.Headers.Add("X-Atlassian-Token", "no-check"); // Jira's guard against forged forms
        return request;
    }

    private static ByteArrayContent Json(JsonNode body) =>
        new(JsonSerializer.SerializeToUtf8Bytes(body)) { Headers = { ContentType = new("application/json") } };

    private AuthenticationHeaderValue Credentials() => Config.Auth switch
    {
        ApiTokenAuth auth => Basic(auth.Email, auth.Token),
        BasicAuth auth => Basic(auth.Username, auth.Password),
        PersonalAccessTokenAuth auth => Bearer(auth.Token),
        _ => throw new InvalidOperationException($"{Config.Auth.GetType().Name} is not handled."),
    };

    private static AuthenticationHeaderValue Basic(string user, SecretString secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{secret.Reveal()}")));
}
