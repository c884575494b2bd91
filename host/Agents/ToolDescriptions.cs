using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Agents;

/// <summary>Actions as an agent is told of them: made once of the same schemas as everything else.</summary>
internal sealed class ToolDescriptions(ProviderContracts contracts)
{
    /// <summary>What a tool takes beside the action's input, unless the action has a field of that name itself.</summary>
    public const string Integration = "integration";

    /// <inheritdoc cref="Integration"/>
    public const string IdempotencyKey = "idempotency_key";

    private static readonly IReadOnlyDictionary<string, string> Extras = new Dictionary<string, string>
    {
        [Integration] = "Name or id of the integration that is meant; without it the default one.",
        [IdempotencyKey] = "A text of your own that is new for each thing to be done. A call that is sent again with the same one within 24 hours is done once.",
    };

    // Keyed by the action itself, so that nothing here keeps its plugin from unloading.
    private readonly ConditionalWeakTable<IntegrationAction, Tool> tools = [];

    public static string Name(LoadedPlugin plugin, IntegrationAction action) => $"{plugin.Type}_{action.Name}";

    public Tool Of(LoadedPlugin plugin, IntegrationAction action) => tools.GetValue(action, _ => Describe(plugin, action));

    /// <summary>Takes what is meant for the host out of a call's arguments; what is left is the action's input.</summary>
    public string? Take(string extra, IDictionary<string, JsonElement> arguments, LoadedPlugin plugin, IntegrationAction action)
    {
        if (Fields(contracts.Input(plugin, action).Schema).ContainsKey(extra) || !arguments.Remove(extra, out var value)) return null;
        return value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            _ => throw new ProblemException(ProblemCode.InvalidInput, $"{extra} is a text."),
        };
    }

    private Tool Describe(LoadedPlugin plugin, IntegrationAction action)
    {
        var input = contracts.Input(plugin, action).Schema.DeepClone().AsObject();
        var fields = Fields(input);
        foreach (var (name, description) in Extras)
        {
            if (!fields.ContainsKey(name)) fields[name] = new JsonObject { ["type"] = "string", ["description"] = description };
        }

        input["properties"] ??= fields;
        var output = contracts.Output(plugin, action).Schema;
        return new Tool
        {
            Name = Name(plugin, action),
            Title = $"{plugin.Descriptor.DisplayName}: {action.Title}",
            Description = action.Description,
            InputSchema = JsonSerializer.SerializeToElement(input),
            OutputSchema = output["type"] is JsonValue type && type.GetValue<string>() == "object" ? JsonSerializer.SerializeToElement(output) : null,
            Annotations = new ToolAnnotations
            {
                ReadOnlyHint = action.IsReadOnly,
                DestructiveHint = action.IsDestructive,
                IdempotentHint = action.IsIdempotent,
                OpenWorldHint = true,
            },
        };
    }

    private static JsonObject Fields(JsonObject schema) => schema["properties"]?.AsObject() ?? [];
}
