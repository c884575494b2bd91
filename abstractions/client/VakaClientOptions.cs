namespace Vaka.Plugins.Client;

/// <summary>Where the host is, and how it is called.</summary>
public sealed class VakaClientOptions
{
    /// <summary>The host's address, such as <c>https://integrations.example.com</c>. Must be given.</summary>
    public Uri? BaseAddress { get; set; }

    /// <summary>The API key. Default: none, for whoever adds a handler that authorizes each call by itself.</summary>
    public string? ApiKey { get; set; }

    /// <summary>How long a call may take with all its retries. Default: 100 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(100);

    /// <summary>How often a call that may be repeated is sent again at most, 0 to 10. Default: 4.</summary>
    public int MaxRetries { get; set; } = 4;

    /// <summary>The longest wait between two attempts. A host that asks for more patience with Retry-After is not asked again; the error says
    /// how long to wait. Default: 30 seconds.</summary>
    public TimeSpan MaxRetryDelay { get; set; } = TimeSpan.FromSeconds(30);
}
