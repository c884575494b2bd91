using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Vaka.Plugins.Client;

/// <summary>Registers <see cref="VakaClient"/>.</summary>
public static class VakaClientRegistration
{
    private const string Name = "Vaka.Plugins.Client";

    /// <summary>Registers <see cref="VakaClient"/>. It retries what may be repeated without harm: reads, and calls that have an idempotency
    /// key, when the connection fails, or the host answers 429, 503 or 504; Retry-After is honoured.</summary>
    /// <returns>Its <see cref="HttpClient"/>, for handlers of one's own.</returns>
    /// <exception cref="OptionsValidationException">When the client is first asked for: an option is missing or out of range.</exception>
    public static IHttpClientBuilder AddVakaClient(this IServiceCollection services, Action<VakaClientOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(configure);
        services.AddOptions<VakaClientOptions>().Configure(configure)
            .Validate(
                options => options.BaseAddress is { IsAbsoluteUri: true },
                "BaseAddress must be the host's absolute address, such as https://integrations.example.com.")
            .Validate(options => options.MaxRetries is >= 0 and <= 10, "MaxRetries must be between 0 and 10.")
            .Validate(
                options => options.Timeout > TimeSpan.Zero || options.Timeout == System.Threading.Timeout.InfiniteTimeSpan,
                "Timeout must be longer than nothing.")
            .Validate(
                options => options.MaxRetryDelay > TimeSpan.Zero && options.MaxRetryDelay <= TimeSpan.FromDays(1),
                "MaxRetryDelay must be between nothing and a day.");

        return services.AddHttpClient(Name)
            .ConfigureHttpClient((provider, http) => Configure(http, Options(provider)))
            .AddHttpMessageHandler(provider => new RetryHandler(Options(provider), Clock(provider)))

            // Who keeps a client for good follows the host's address all the same.
            .UseSocketsHttpHandler((handler, _) => handler.PooledConnectionLifetime = TimeSpan.FromMinutes(2))
            .SetHandlerLifetime(System.Threading.Timeout.InfiniteTimeSpan)
            .AddTypedClient((http, provider) => new VakaClient(http, Clock(provider)));
    }

    private static void Configure(HttpClient http, VakaClientOptions options)
    {
        var address = options.BaseAddress?.AbsoluteUri ?? ""; // which was validated
        http.BaseAddress = new Uri(address.EndsWith('/') ? address : $"{address}/");
        http.Timeout = options.Timeout;
        if (options.ApiKey is { } key) http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    private static VakaClientOptions Options(IServiceProvider provider) => provider.GetRequiredService<IOptions<VakaClientOptions>>().Value;

    private static TimeProvider Clock(IServiceProvider provider) => provider.GetService<TimeProvider>() ?? TimeProvider.System;
}
