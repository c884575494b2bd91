using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Agents;

/// <summary>What AI agents call: actions as tools of the Model Context Protocol.</summary>
internal static class AgentsRoom
{
    public const string Path = "/mcp";

    public static IServiceCollection AddAgents(this IServiceCollection services)
    {
        services.AddHttpContextAccessor();
        services.AddSingleton<ToolDescriptions>();
        services.AddSingleton<AgentTools>();

        // Without sessions: any host answers any request, and what a caller may use is decided anew each time.
        services.AddMcpServer(options =>
            {
                options.ServerInfo = new Implementation { Name = "vaka-plugins", Title = "Vaka.Plugins", Version = HostSettings.Version };
                options.ServerInstructions = "Each tool runs an action of an integration that is configured for your tenant. Pass idempotency_key to be able "
                    + "to send a call again: it is then done once. An error says what is wrong and whether sending it again helps.";
            })
            .WithHttpTransport(options => options.Stateless = true)
            .WithListToolsHandler(async (request, cancellationToken) => new ListToolsResult
            {
                Tools = [.. await Tools(request).ListAsync(CallerOf(request), cancellationToken)],
            })
            .WithCallToolHandler(async (request, cancellationToken) => await Tools(request).CallAsync(request.Params, CallerOf(request), cancellationToken));
        return services;
    }

    public static void MapAgents(this IEndpointRouteBuilder app) => app.MapMcp(Path).RequireAuthorization();

    private static AgentTools Tools<T>(RequestContext<T> request) => request.Services!.GetRequiredService<AgentTools>(); // set for every request

    private static Caller CallerOf<T>(RequestContext<T> request) =>
        Caller.From(request.Services!.GetRequiredService<IHttpContextAccessor>().HttpContext!); // the only transport is HTTP
}
