using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.ServiceNow.Queries;

namespace Vaka.Plugins.ServiceNow;

/// <summary>The wire of one call: signs in, sends, and reads what the Table API answers.</summary>
internal sealed class ServiceNowClient(ServiceNowConfig config, IntegrationContext context)
{
    /// <summary>Longer addresses are refused by servers on the way.</summary>
    public const int MaxUrl = 8000;

    private const string TotalHeader = "X-Total-Count";

    public ServiceNowInstance Instance { get; } = new(config.InstanceUrl);

    public ServiceNowConfig Config => config;

    public IntegrationContext Context => context;

    /// <summary>The tokens of this integration; <c>null</c>: it signs in without.</summary>
    public OAuth2Settings? OAuth2 => config.Auth switch
    {
        ClientCredentialsAuth auth => Settings(auth.ClientId, auth.ClientSecret, OAuth2Grant.ClientCredentials),
        PasswordAuth auth => Settings(auth.ClientId, auth.ClientSecret, OAuth2Grant.Password) with
        {
            Username = auth.Username, Password = auth.Password,
        },
        RefreshTokenAuth auth => Settings(auth.ClientId, auth.ClientSecret, OAuth2Grant.RefreshToken) with { RefreshToken = auth.RefreshToken },
        BasicAuth or ApiKeyAuth => null,
        _ => throw new NotSupportedException($"{config.Auth.GetType().Name} is no known kind of authentication."),
    };

    /// <summary>Fetches an access token, unless one is good for now. Only where <see cref="OAuth2"/> says that there are tokens.</summary>
    public Task FetchTokenAsync(OAuth2Settings settings, CancellationToken cancellationToken) =>
        WithTokensAsync(settings, tokens => tokens.GetAsync(context, refused: null, cancellationToken), cancellationToken);

    /// <summary>Reads a page of a table.</summary>
    public async Task<RecordPage> ListAsync(string table, TableQuery query, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Get, TablePath(table), query.ToParameters(), null, cancellationToken).ConfigureAwait(false);

        // Older versions of the API answer a search without hits so.
        if (answer.StatusCode is 404 && ServiceNowFailures.IsNoRecord(answer)) return new RecordPage([], 0);
        var result = ServiceNowFailures.ResultOf(answer, Instance.Host, context.Clock);
        if (result.ValueKind is not JsonValueKind.Array) throw ServiceNowFailures.NotTheApi(answer, Instance.Host);
        var total = answer.Headers.TryGetValues(TotalHeader, out var values)
            && int.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : (int?)null;
        return new RecordPage([.. result.EnumerateArray().Where(IsObject).Select(record => JsonObject.Create(record)!)], total);
    }

    /// <summary>Reads or writes one record and answers it.</summary>
    /// <param name="method"><c>POST</c> to create; otherwise <paramref name="sysId"/> names the record.</param>
    /// <param name="table">A checked name.</param>
    /// <param name="sysId">A checked id.</param>
    /// <param name="parameters">The <c>sysparm_…</c> of the request.</param>
    /// <param name="body">What to write.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<JsonObject> OneAsync(
        HttpMethod method,
        string table,
        string? sysId,
        IEnumerable<KeyValuePair<string, string>> parameters,
        JsonObject? body,
        CancellationToken cancellationToken)
    {
        var path = sysId is null ? TablePath(table) : $"{TablePath(table)}/{sysId}";
        var json = body?.ToJsonString();
        var answer = await SendAsync(method, path, parameters, json is null ? null : () => Json(json), cancellationToken).ConfigureAwait(false);
        return ObjectOf(answer);
    }

    /// <summary>Deletes a record; <c>false</c>: there is none.</summary>
    public async Task<bool> DeleteAsync(string table, string sysId, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Delete, $"{TablePath(table)}/{sysId}", [], null, cancellationToken).ConfigureAwait(false);
        if (answer.StatusCode is 404 && ServiceNowFailures.IsNoRecord(answer)) return false;
        if (answer.StatusCode is not 204) ServiceNowFailures.ResultOf(answer, Instance.Host, context.Clock);
        return true;
    }

    /// <summary>Sends a file to a record.</summary>
    public async Task<JsonObject> UploadAsync(
        IEnumerable<KeyValuePair<string, string>> parameters, Attachment file, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Post, "/api/now/attachment/file", parameters, Content, cancellationToken).ConfigureAwait(false);
        return ObjectOf(answer);

        HttpContent Content() => new StreamContent(file.OpenRead())
        {
            Headers = { ContentType = MediaTypeHeaderValue.Parse(file.ContentType), ContentLength = file.Length },
        };
    }

    private static bool IsObject(JsonElement element) => element.ValueKind is JsonValueKind.Object;

    private static string TablePath(string table) => $"/api/now/table/{table}";

    private static StringContent Json(string json) => new(json, Encoding.UTF8, "application/json");

    private JsonObject ObjectOf(ApiAnswer answer)
    {
        var result = ServiceNowFailures.ResultOf(answer, Instance.Host, context.Clock);
        return result.ValueKind is JsonValueKind.Object
            ? JsonObject.Create(result)! // of an object there is always one
            : throw ServiceNowFailures.NotTheApi(answer, Instance.Host);
    }

    private async Task<ApiAnswer> SendAsync(
        HttpMethod method,
        string path,
        IEnumerable<KeyValuePair<string, string>> parameters,
        Func<HttpContent>? content,
        CancellationToken cancellationToken)
    {
        var uri = Instance.Api(path, parameters);
        if (uri.AbsoluteUri.Length > MaxUrl)
        {
            throw ServiceNowFailures.InvalidInput("", "The request is longer than an address may be: give fewer conditions, values or fields.");
        }

        if (OAuth2 is { } settings)
        {
            return await WithTokensAsync(settings, tokens => tokens.SendAsync(Create, context, cancellationToken), cancellationToken)
                .ConfigureAwait(false);
        }

        using var request = Create(null);
        return await ApiAnswer.SendAsync(context.Http, request, context.Clock, cancellationToken).ConfigureAwait(false);

        HttpRequestMessage Create(SecretString? token)
        {
            var message = new HttpRequestMessage(method, uri) { Content = content?.Invoke() };
            message.Headers.Accept.Add(new("application/json"));
            SignIn(message, token);
            return message;
        }
    }

    private async Task<T> WithTokensAsync<T>(OAuth2Settings settings, Func<OAuth2Tokens, Task<T>> use, CancellationToken cancellationToken)
    {
        var tokens = await OAuth2Tokens.OfAsync(settings, context, cancellationToken).ConfigureAwait(false);
        try
        {
            return await use(tokens).ConfigureAwait(false);
        }
        catch (IntegrationException failure) when (ServiceNowFailures.IsOfTokenEndpoint(failure))
        {
            throw ServiceNowFailures.NoToken(failure, settings);
        }
    }

    private void SignIn(HttpRequestMessage message, SecretString? token)
    {
        if (token is not null)
        {
            message.Headers.Authorization = new("Bearer", token.Reveal());
        }
        else if (config.Auth is BasicAuth basic)
        {
            var pair = Encoding.UTF8.GetBytes($"{basic.Username}:{basic.Password.Reveal()}");
            message.Headers.Authorization = new("Basic", Convert.ToBase64String(pair));
        }
        else if (config.Auth is ApiKeyAuth key)
        {
            message.Headers.Add("x-sn-apikey", key.Key.Reveal());
        }
    }

    private OAuth2Settings Settings(string id, SecretString secret, OAuth2Grant grant) => new()
    {
        TokenUrl = Instance.TokenUrl, ClientId = id, ClientSecret = secret, Grant = grant,
    };
}

/// <summary>What a list answers.</summary>
/// <param name="Records">The records that the user may read.</param>
/// <param name="Total">How many match in all, whether or not the user may read them; <c>null</c>: the instance did not say.</param>
internal sealed record RecordPage(IReadOnlyList<JsonObject> Records, int? Total);
