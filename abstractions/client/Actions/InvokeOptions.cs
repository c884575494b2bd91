namespace Vaka.Plugins.Client;

/// <summary>What may be said about a call beside its input.</summary>
public sealed record InvokeOptions
{
    /// <summary>Name or id of the integration that is meant; default: the default one.</summary>
    public string? Integration { get; init; }

    /// <summary>Calls under the same key, with the same body and within 24 hours, are done once. Default: a new one for each call, which
    /// covers its retries; give the key of the cause, such as an order's, to cover a restart of the caller as well.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>Not to be begun earlier, for calls that are handed over; default: at once.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    internal static string NewKey() => Guid.CreateVersion7().ToString();
}
