using System.Text.Json;

namespace Vaka.Plugins.Client;

/// <summary>Data for a webhook.</summary>
public sealed record PushedData
{
    /// <summary>Any JSON: the body that is sent.</summary>
    public required JsonElement Data { get; init; }

    /// <summary>What kind of event it is.</summary>
    public string? EventType { get; init; }

    /// <summary>Appended to the webhook's address.</summary>
    public string? Path { get; init; }

    /// <summary>Query parameters.</summary>
    public IReadOnlyDictionary<string, string>? Query { get; init; }

    /// <summary>Further headers.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }
}

/// <summary>What the webhook's endpoint answered.</summary>
public sealed record PushReceipt
{
    /// <summary>Its HTTP status.</summary>
    public required int StatusCode { get; init; }

    /// <summary>Under which it was sent; the same with every attempt.</summary>
    public string? WebhookId { get; init; }

    /// <summary>What it answered, 64 KiB at most.</summary>
    public string? Body { get; init; }
}
