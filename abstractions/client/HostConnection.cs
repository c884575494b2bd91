using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Vaka.Plugins.Client;

/// <summary>Sends calls to the host, and makes one kind of exception of everything that fails.</summary>
internal sealed class HostConnection
{
    public const string IdempotencyKey = "Idempotency-Key";

    public const string IdempotencyReplayed = "Idempotency-Replayed";

    private readonly HttpClient http;
    private readonly Guid? tenant;

    public HostConnection(HttpClient http, TimeProvider clock, Guid? tenant = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        if (http.BaseAddress is null) throw new ArgumentException("Give the HttpClient the host's address as its BaseAddress.", nameof(http));
        this.http = http;
        this.tenant = tenant;
        Clock = clock;
    }

    public TimeProvider Clock { get; }

    public HostConnection ForTenant(Guid other) => new(http, Clock, other);

    public async Task<T> SendAsync<T>(HostCall call, JsonTypeInfo<T> type, CancellationToken cancellationToken) =>
        (await SendAsync(call, cancellationToken)).Read(type);

    public async Task<HostAnswer> SendAsync(HostCall call, CancellationToken cancellationToken)
    {
        try
        {
            using var request = Request(call);
            using var response = await http.SendAsync(request, cancellationToken);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
            var isReplayed = response.Headers.Contains(IdempotencyReplayed);
            return response.IsSuccessStatusCode
                ? new HostAnswer(body, isReplayed, response.StatusCode)
                : throw new VakaException(
                    response.StatusCode, Problem.Read(body), response.Headers.RetryAfter?.Delta, isReplayed, call.IdempotencyKey);
        }
        catch (HttpRequestException exception)
        {
            throw new VakaException("host_unreachable",
                $"The host at {http.BaseAddress} was not reached, or its answer was lost. Check the address, and that the host runs.",
                call.IdempotencyKey, exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new VakaException("host_timeout",
                $"The host at {http.BaseAddress} did not answer in time. Whether the call was done is not known.", call.IdempotencyKey, exception);
        }
    }

    /// <summary>Every item of a list, page by page.</summary>
    public async IAsyncEnumerable<TItem> ListAsync<TItem>(
        string path, IEnumerable<KeyValuePair<string, string?>> filters, JsonTypeInfo<Page<TItem>> type,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var given = string.Concat(
            filters.Where(filter => filter.Value is not null).Select(filter => $"&{filter.Key}={Uri.EscapeDataString(filter.Value ?? "")}"));
        string? cursor = null;
        do
        {
            var after = cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}";
            var page = await SendAsync(new HostCall(HttpMethod.Get, $"{path}?limit=200{given}{after}"), type, cancellationToken);
            foreach (var item in page.Items) yield return item;
            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }

    private HttpRequestMessage Request(HostCall call)
    {
        var request = new HttpRequestMessage(call.Method, $"api/v1/{call.Path}");
        if (tenant is { } id) request.Headers.Add("X-Tenant-Id", id.ToString());
        if (call.IdempotencyKey is { } key) request.Headers.Add(IdempotencyKey, key);
        if (call.Revision is { } revision) request.Headers.Add("If-Match", string.Create(CultureInfo.InvariantCulture, $"\"{revision}\""));
        if (call.IsAsync) request.Headers.Add("Prefer", "respond-async");
        if (call.Body is { } body)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(call.ContentType) } };
        return request;
    }
}

/// <summary>A call of the API, below /api/v1.</summary>
internal sealed record HostCall(HttpMethod Method, string Path)
{
    public byte[]? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    public string? IdempotencyKey { get; init; }

    /// <summary>The revision that must still be the newest.</summary>
    public int? Revision { get; init; }

    public bool IsAsync { get; init; }
}

/// <summary>An answer of success.</summary>
internal sealed record HostAnswer(byte[] Body, bool IsReplayed, System.Net.HttpStatusCode Status)
{
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(Body, type) ?? throw VakaException.Unexpected(Status);
        }
        catch (JsonException exception)
        {
            throw VakaException.Unexpected(Status, exception);
        }
    }
}

/// <summary>A page of a list.</summary>
internal sealed record Page<T>
{
    public required IReadOnlyList<T> Items { get; init; }

    public string? NextCursor { get; init; }
}
