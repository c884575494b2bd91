using System.Text.Json;

namespace Vaka.Plugins.Teams.Graph;

/// <summary>The wire to Microsoft Graph.</summary>
internal sealed class GraphClient(GraphConnection connection, IntegrationContext context)
{
    private const string Version = "/v1.0";
    private const int MaxItems = 200;
    private const int MaxPages = 10;
    private readonly string host = GraphCloud.Of(connection).Graph;

    /// <summary>Reads one thing.</summary>
    public async Task<JsonElement> GetAsync(string path, string permission, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(token => Request(HttpMethod.Get, path, token), cancellationToken).ConfigureAwait(false);
        return answer is { IsSuccess: true, Json: { ValueKind: JsonValueKind.Object } root } ? root
            : answer.IsSuccess ? throw TeamsFailures.NotUnderstood(answer, "Microsoft Graph")
            : throw TeamsFailures.FromGraph(answer, permission);
    }

    /// <summary>Reads a list page by page until there are about 200 items.</summary>
    /// <param name="path">The list.</param>
    /// <param name="pageToken">Where an earlier call stopped; <c>null</c>: at the beginning.</param>
    /// <param name="permission">The permission that reading needs.</param>
    /// <param name="read">Reads one item; <c>null</c> leaves it out.</param>
    /// <param name="cancellationToken">Bounds the time.</param>
    public async Task<GraphPage<T>> ListAsync<T>(
        string path, string? pageToken, string permission, Func<JsonElement, T?> read, CancellationToken cancellationToken)
        where T : class
    {
        List<T> items = [];
        var query = pageToken;
        for (var page = 0; page < MaxPages && items.Count < MaxItems; page++)
        {
            var root = await GetAsync(query is null ? path : $"{path}?{query}", permission, cancellationToken).ConfigureAwait(false);
            if (root.TryGetProperty("value", out var values) && values.ValueKind is JsonValueKind.Array)
                items.AddRange(values.EnumerateArray().Where(item => item.ValueKind is JsonValueKind.Object).Select(read).OfType<T>());
            var next = NextOf(root);
            if (next is null || next == query) return new GraphPage<T>(items, null);
            query = next;
        }

        return new GraphPage<T>(items, query);
    }

    /// <summary>Posts a message.</summary>
    public async Task<GraphPosted> PostAsync(string path, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(
            token =>
            {
                var request = Request(HttpMethod.Post, path, token);
                request.Content = new ReadOnlyMemoryContent(message) { Headers = { ContentType = new("application/json") } };
                return request;
            },
            cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess) throw TeamsFailures.FromGraph(answer, GraphPermission.Send);
        return GraphPosted.Read(answer.Json) ?? throw TeamsFailures.NotUnderstood(answer, "Microsoft Graph");
    }

    private async Task<ApiAnswer> SendAsync(Func<SecretString, HttpRequestMessage> create, CancellationToken cancellationToken)
    {
        var tokens = await OAuth2Tokens.OfAsync(GraphCloud.SignInOf(connection), context, cancellationToken).ConfigureAwait(false);
        return await tokens.SendAsync(create, context, cancellationToken).ConfigureAwait(false);
    }

    private HttpRequestMessage Request(HttpMethod method, string path, SecretString token)
    {
        var request = new HttpRequestMessage(method, $"https://{host}{Version}{path}");
        request.Headers.Authorization = new("Bearer", token.Reveal());
        request.Headers.Accept.Add(new("application/json"));
        return request;
    }

    // The token goes to the host of the cloud and nowhere else, whatever an answer says; only the query of the link is used.
    private string? NextOf(JsonElement root)
    {
        if (JsonText.Of(root, "@odata.nextLink") is not { } link) return null;
        return Uri.TryCreate(link, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && uri.Host == host && uri.IsDefaultPort
            && uri.Query.Length is > 1 and <= GraphPage.MaxToken
                ? uri.Query[1..]
                : throw new IntegrationException(
                    FailureKind.Rejected, $"Microsoft Graph named a next page that is not at {host}; it was not read.")
                {
                    Effect = Effect.None,
                };
    }
}
