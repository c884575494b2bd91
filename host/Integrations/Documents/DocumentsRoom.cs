using Microsoft.Extensions.DependencyInjection.Extensions;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Integrations.Documents;

/// <summary>Registers the room.</summary>
internal static class DocumentsRoom
{
    public static IServiceCollection AddDocuments(this IServiceCollection services)
    {
        services.TryAddSingleton<AuditTrail>();
        return services
            .AddSingleton<DocumentSecrets>()
            .AddSingleton<IntegrationExport>()
            .AddSingleton<DocumentPlanner>()
            .AddSingleton<DocumentApply>();
    }
}
