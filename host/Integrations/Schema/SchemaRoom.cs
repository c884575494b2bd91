using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema;

/// <summary>Registers the room.</summary>
internal static class SchemaRoom
{
    public static IServiceCollection AddSchema(this IServiceCollection services) => services
        .AddSingleton<ProviderContracts>()
        .AddSingleton<IProviderCheck>(provider => provider.GetRequiredService<ProviderContracts>());
}
