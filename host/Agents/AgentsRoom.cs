using ModelContextProtocol;
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
            .WithListToolsHandler((request, cancellationToken) => AnswerAsync(request, async (tools, caller) => new ListToolsResult
            {
                Tools = [.. await tools.ListAsync(caller, cancellationToken)],
            }))
            .WithCallToolHandler((request, cancellationToken) => AnswerAsync(request, (tools, caller) => tools.CallAsync(request.Params, caller, cancellationToken)));
        return services;
    }

    public static void MapAgents(this IEndpointRouteBuilder app) => app.MapMcp(Path).RequireAuthorization();

    // Of any other exception the server says only that there was one.
    private static async ValueTask<TAnswer> AnswerAsync<TRequest, TAnswer>(RequestContext<TRequest> request, Func<AgentTools, Caller, Task<TAnswer>> answer)
    {
        var services = request.Services!; // set for every request
        try
        {
            var context = services.GetRequiredService<IHttpContextAccessor>().HttpContext!; // the only transport is HTTP
            return await answer(services.GetRequiredService<AgentTools>(), Caller.From(context));
        }
        catch (Exception failure) when (failure is not (McpException or OperationCanceledException))
        {
            throw new McpProtocolException(services.GetRequiredService<Faults>().ToProblem(failure).InWords(), McpErrorCode.InternalError);
        }
    }
}
