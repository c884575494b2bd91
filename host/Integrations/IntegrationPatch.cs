using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>A JSON Merge Patch of an integration, read strictly.</summary>
internal sealed record IntegrationPatch
{
    private static readonly HashSet<string> AnswerOnly =
    [
        "id", "tenant_id", "status", "status_reason", "secrets", "health", "health_status", "config_version", "revision",
        "created_at", "updated_at", "created_by", "updated_by",
    ];

    public string? Name { get; private set; }

    /// <summary>What the client believes the type to be; it cannot change.</summary>
    public string? IntegrationType { get; private set; }

    public JsonObject? Config { get; private set; }

    public bool? IsActive { get; private set; }

    public bool? IsDefault { get; private set; }

    public Fallback? Fallback { get; private set; }

    public bool HasSharedActions { get; private set; }

    public IReadOnlyList<string>? SharedActions { get; private set; }

    /// <summary>What becomes of the limits; <c>null</c>: they stay.</summary>
    public LimitsPatch? Limits { get; private set; }

    /// <exception cref="ProblemException"><see cref="ProblemCode.InvalidRequest"/>: with every member that is wrong.</exception>
    public static IntegrationPatch Read(JsonObject document)
    {
        var patch = new IntegrationPatch();
        var errors = new List<ConfigError>();
        foreach (var (name, value) in document)
        {
            if (AnswerOnly.Contains(name)) continue;
            if (name == "limits") patch.Limits = LimitsPatch.Read(value, errors);
            else if (patch.Take(name, value) is { } error) errors.Add(new ConfigError(name, error));
        }

        return errors.Count == 0
            ? patch
            : throw new ProblemException(ProblemCode.InvalidRequest, "The patch has members that are not valid.") { Errors = errors };
    }

    private string? Take(string name, JsonNode? value) => name switch
    {
        "name" => Is<string>(value, "a string", text => Name = text),
        "integration_type" => Is<string>(value, "a string", text => IntegrationType = text),
        "is_active" => Is<bool>(value, "true or false", flag => IsActive = flag),
        "is_default" => Is<bool>(value, "true or false", flag => IsDefault = flag),
        "config" => TakeConfig(value),
        "fallback" => TakeFallback(value),
        "shared_actions" => TakeSharedActions(value),
        _ => "Not known here. Remove it; a config field goes into config.",
    };

    private static string? Is<T>(JsonNode? node, string expected, Action<T> take)
    {
        if (node is not JsonValue value || !value.TryGetValue<T>(out var given)) return $"Give {expected}.";
        take(given);
        return null;
    }

    private string? TakeConfig(JsonNode? value)
    {
        Config = value as JsonObject;
        return Config is null ? "Give an object." : null;
    }

    private string? TakeFallback(JsonNode? value)
    {
        if (value is null) Fallback = Integrations.Fallback.WhenInactive;
        else if (value is JsonValue text && text.TryGetValue<string>(out var word)) Fallback = SnakeCaseEnum.Find<Fallback>(word);
        return Fallback is null ? "Give one of: when_inactive, when_unusable, never." : null;
    }

    private string? TakeSharedActions(JsonNode? value)
    {
        HasSharedActions = true;
        if (value is null) return null;
        var names = (value as JsonArray)?.Select(item => item is JsonValue text && text.TryGetValue<string>(out var name) ? name : null).ToList();
        if (names is null || names.Contains(null)) return "Give a list of action names, or null.";
        SharedActions = [.. names.OfType<string>()];
        return null;
    }
}
