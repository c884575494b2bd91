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

    /// <inheritdoc cref="Integration"/>
    public const string DryRun = "dry_run";

    /// <summary>What a result has in the place of the action's output when nothing was done.</summary>
    public const string NotDone = "not_done";

    private static readonly IReadOnlyDictionary<string, (string Type, string Description)> Extras = new Dictionary<string, (string, string)>
    {
        [Integration] = ("string", "Name or id of the integration that is meant; without it the default one."),
        [IdempotencyKey] = (
            "string", "A text of your own that is new for each thing to be done. A call that is sent again with the same one within 24 hours is done once."),
        [DryRun] = ("boolean", "true: nothing is done, and the answer says what would be."),
    };

    // Keyed by the action itself, so that nothing here keeps its plugin from unloading.
    private readonly ConditionalWeakTable<IntegrationAction, Tool> tools = [];

    public static string Name(LoadedPlugin plugin, IntegrationAction action) => $"{plugin.Type}_{action.Name}";

    public Tool Of(LoadedPlugin plugin, IntegrationAction action) => tools.GetValue(action, _ => Describe(plugin, action));

    /// <summary>Takes what is meant for the host out of a call's arguments; what is left is the action's input.</summary>
    public string? Take(string extra, IDictionary<string, JsonElement> arguments, LoadedPlugin plugin, IntegrationAction action)
    {
        return Find(extra, arguments, plugin, action) is not { } value ? null : value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            _ => throw new ProblemException(ProblemCode.InvalidInput, $"{extra} is a text."),
        };
    }

    /// <inheritdoc cref="Take"/>
    public bool TakeFlag(string extra, IDictionary<string, JsonElement> arguments, LoadedPlugin plugin, IntegrationAction action)
    {
        return Find(extra, arguments, plugin, action) is { } value && value.ValueKind switch
        {
            JsonValueKind.Null or JsonValueKind.False => false,
            JsonValueKind.True => true,
            _ => throw new ProblemException(ProblemCode.InvalidInput, $"{extra} is true or false."),
        };
    }

    private JsonElement? Find(string extra, IDictionary<string, JsonElement> arguments, LoadedPlugin plugin, IntegrationAction action) =>
        !Fields(contracts.Input(plugin, action).Schema).ContainsKey(extra) && arguments.Remove(extra, out var value) ? value : null;

    private Tool Describe(LoadedPlugin plugin, IntegrationAction action)
    {
        var input = contracts.Input(plugin, action).Schema.DeepClone().AsObject();
        var fields = Fields(input);
        foreach (var (name, (type, description)) in Extras)
        {
            if (!fields.ContainsKey(name)) fields[name] = new JsonObject { ["type"] = type, ["description"] = description };
        }

        input["properties"] ??= fields;
        return new Tool
        {
            Name = Name(plugin, action),
            Title = $"{plugin.Descriptor.DisplayName}: {action.Title}",
            Description = action.Description,
            InputSchema = JsonSerializer.SerializeToElement(input),
            OutputSchema = Output(contracts.Output(plugin, action).Schema),
            Annotations = new ToolAnnotations
            {
                ReadOnlyHint = action.IsReadOnly,
                DestructiveHint = action.IsDestructive,
                IdempotentHint = action.IsIdempotent,
                OpenWorldHint = true,
            },
        };
    }

    // A result that is no error has to be as the schema says, also the one of a call that did nothing.
    private static JsonElement? Output(JsonObject schema)
    {
        if (schema["type"] is not JsonValue type || type.GetValue<string>() != "object") return null;
        var output = schema.DeepClone().AsObject();
        output.Remove("required", out var required);
        if (output["properties"] is not JsonObject fields) output["properties"] = fields = [];
        fields[NotDone] = new JsonObject
        {
            ["type"] = "object",
            ["description"] = "In the place of all else, when nothing was done: why, and what would be done or where to look.",
        };
        output["anyOf"] = new JsonArray(
            new JsonObject { ["required"] = new JsonArray(NotDone) }, new JsonObject { ["required"] = required ?? new JsonArray() });
        return JsonSerializer.SerializeToElement(output);
    }

    private static JsonObject Fields(JsonObject schema) => schema["properties"]?.AsObject() ?? [];
}
