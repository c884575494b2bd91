using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Approvals;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Actions.Idempotency;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Policies;
using Vaka.Plugins.Host.Integrations.Resolution;
using Vaka.Plugins.Host.Plugins;
using Vaka.Plugins.Host.SignIn;

namespace Vaka.Plugins.Host.Agents;

/// <summary>The tools that a caller has, and what comes of calling one.</summary>
internal sealed class AgentTools(
    IPluginCatalog catalog, IntegrationResolver resolver, ToolDescriptions descriptions, ActionRunner runner, IdempotentCalls calls,
    PublicAddress address, Faults faults, IDbContextFactory<HostDbContext> databases)
{
    /// <summary>The actions that would run now: an integration serves the caller's tenant, lends it the action, does not block it, and is not
    /// known to fail.</summary>
    public async Task<IReadOnlyList<Tool>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        var serving = (await resolver.ExplainAllAsync(caller.TenantId, cancellationToken))
            .Select(found => found.Explanation.Resolution?.Integration).OfType<BoundIntegration>().ToList();
        var failing = await FailingAsync([.. serving.Select(integration => integration.Id)], cancellationToken);
        return [.. serving.Where(integration => !failing.Contains(integration.Id)).SelectMany(integration => Of(integration, caller))];
    }

    /// <summary>Runs an action. What comes of it is told in words, so that an agent knows what to do next.</summary>
    /// <exception cref="McpProtocolException">There is no such tool.</exception>
    public async Task<CallToolResult> CallAsync(CallToolRequestParams call, Caller caller, CancellationToken cancellationToken)
    {
        var (plugin, action) = Find(call.Name)
            ?? throw new McpProtocolException("There is no such tool. tools/list names those that there are.", McpErrorCode.InvalidParams);
        try
        {
            var arguments = new Dictionary<string, JsonElement>(call.Arguments ?? new Dictionary<string, JsonElement>());
            var key = descriptions.Take(ToolDescriptions.IdempotencyKey, arguments, plugin, action);
            if (key is not null) KeyClaim.Check(key);
            var integration = descriptions.Take(ToolDescriptions.Integration, arguments, plugin, action);
            var isDryRun = descriptions.TakeFlag(ToolDescriptions.DryRun, arguments, plugin, action);
            var request = new ActionRequest
            {
                Type = plugin.Type,
                Action = action.Name,
                Input = JsonSerializer.SerializeToUtf8Bytes(arguments),
                Integration = integration,
                IdempotencyKey = key,
                Caller = caller,
                Channel = CallChannel.Mcp,
            };
            var hasSchema = descriptions.Of(plugin, action).OutputSchema is not null;
            if (isDryRun && key is not null)
                throw new ProblemException(ProblemCode.InvalidRequest, "A dry run does nothing, and takes no idempotency_key. Leave it out.");
            if (isDryRun) return Show(await runner.PreviewAsync(request, cancellationToken), hasSchema);
            var result = await calls.RunAsync(request, cancellationToken);
            return result.AwaitsApproval ? Wait(result, key, hasSchema) : Answer(result);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Refuse(faults.ToProblem(failure));
        }
    }

    private CallToolResult Answer(ActionResult result) => new()
    {
        StructuredContent = JsonElement.Parse(result.Output.Span),
        Content =
        [
            new TextContentBlock { Text = JsonElement.Parse(result.Output.Span).GetRawText() },
            Link(result),
        ],
        Meta = Meta(result),
    };

    private CallToolResult Wait(ActionResult result, string? key, bool hasSchema)
    {
        var meta = Meta(result);
        meta["vaka/state"] = SnakeCaseEnum.Text(ExecutionState.AwaitingApproval);
        return new CallToolResult
        {
            StructuredContent = hasSchema ? NotDone(new JsonObject
            {
                ["why"] = SnakeCaseEnum.Text(ExecutionState.AwaitingApproval), ["execution_id"] = result.ExecutionId.ToString(),
            }) : null,
            Content = [new TextContentBlock { Text = PendingApprovals.InWords(result.ExecutionId, key) }, Link(result)],
            Meta = meta,
        };
    }

    private static CallToolResult Show(PreviewResult result, bool hasSchema)
    {
        var details = result.Preview.Details.Select(detail => $"\n{detail.Key}: {detail.Value}");
        return new CallToolResult
        {
            StructuredContent = hasSchema ? NotDone(new JsonObject
            {
                ["why"] = ToolDescriptions.DryRun,
                ["summary"] = result.Preview.Summary,
                ["details"] = new JsonArray([.. result.Preview.Details.Select(detail => new JsonObject { ["key"] = detail.Key, ["value"] = detail.Value })]),
            }) : null,
            Content =
            [
                new TextContentBlock { Text = $"Nothing was done. Through {result.Integration.Name} it would be: {result.Preview.Summary}{string.Concat(details)}" },
            ],
        };
    }

    private static JsonElement NotDone(JsonObject why) => JsonSerializer.SerializeToElement(new JsonObject { [ToolDescriptions.NotDone] = why });

    private ResourceLinkBlock Link(ActionResult result) => new()
    {
        Uri = new Uri(address.Base, $"api/v1/executions/{result.ExecutionId}").ToString(),
        Name = "execution",
        Title = $"Record of this call through {result.Integration.Name}",
        MimeType = "application/json",
    };

    private static JsonObject Meta(ActionResult result) =>
        new() { ["vaka/execution_id"] = result.ExecutionId.ToString(), ["vaka/is_replayed"] = result.IsReplayed };

    private static CallToolResult Refuse(ProblemException problem)
    {
        var meta = new JsonObject { ["vaka/code"] = SnakeCaseEnum.Text(problem.Code), ["vaka/is_replayed"] = problem.IsReplayed };
        if (problem.RetryAfter is { } wait) meta["vaka/retry_after_seconds"] = (int)Math.Ceiling(wait.TotalSeconds);
        return new CallToolResult { IsError = true, Content = [new TextContentBlock { Text = problem.InWords() }], Meta = meta };
    }

    private IEnumerable<Tool> Of(BoundIntegration integration, Caller caller) => integration.Plugin.Provider.Actions
        .Where(action => !action.IsInternal && Lending.MayLend(integration, caller.TenantId, action)
            && !PolicyCheck.IsBlocked(caller.Name, CallChannel.Mcp, action, integration))
        .Select(action => descriptions.Of(integration.Plugin, action));

    // The name of a type may begin with that of another: the longer one is meant.
    private (LoadedPlugin Plugin, IntegrationAction Action)? Find(string name)
    {
        foreach (var plugin in catalog.Entries.Select(entry => entry.Plugin).OfType<LoadedPlugin>().OrderByDescending(plugin => plugin.Type.Length))
        {
            if (name.StartsWith(plugin.Type + "_", StringComparison.Ordinal)
                && plugin.FindAction(name[(plugin.Type.Length + 1)..]) is { IsInternal: false } action)
                return (plugin, action);
        }

        return null;
    }

    private async Task<HashSet<Guid>> FailingAsync(IReadOnlyList<Guid> ids, CancellationToken cancellationToken)
    {
        await using var database = await databases.CreateDbContextAsync(cancellationToken);
        return await database.Set<Integration>().Where(row => ids.Contains(row.Id) && row.HealthStatus == HealthStatus.Error)
            .Select(row => row.Id).ToHashSetAsync(cancellationToken);
    }
}
