using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Network.Tls;

namespace Vaka.Plugins.Host.Network;

/// <summary>What may be reached.</summary>
internal static class NetworkRoom
{
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">Its section <c>Network</c> is read.</param>
    /// <param name="allowLoopback">Whether integrations may reach this machine: in Development only.</param>
    public static IServiceCollection AddNetwork(this IServiceCollection services, IConfiguration configuration, bool allowLoopback = false)
    {
        var section = configuration.GetSection(NetworkOptions.Section);
        services.AddOptions<NetworkOptions>()
            .Bind(section)
            .Configure(options => options.AllowLoopback = allowLoopback)
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<NetworkOptions>>(new NetworkOptionsCheck(section));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IHostResolver, SystemHostResolver>();
        services.AddSingleton(provider => new TlsSettings(provider.GetRequiredService<TimeProvider>()));
        services.AddMetrics().TryAddSingleton<ReachRefusals>();
        services.AddSingleton<OutboundAccess>();
        services.AddSingleton<IIssuerChannel, IssuerChannel>();
        services.AddHostedService<NetworkNotice>();
        return services;
    }
}
