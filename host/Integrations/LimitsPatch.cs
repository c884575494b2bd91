using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations;

/// <summary>A JSON Merge Patch of an integration's limits, read strictly.</summary>
internal sealed record LimitsPatch
{
    private readonly Dictionary<string, int?> given = new(StringComparer.Ordinal);
    private bool isReset;

    /// <summary>What is wrong is added to <paramref name="errors"/>; null resets every limit.</summary>
    public static LimitsPatch Read(JsonNode? value, ICollection<ConfigError> errors)
    {
        var patch = new LimitsPatch { isReset = value is null };
        if (value is null) return patch;
        if (value is not JsonObject members)
        {
            errors.Add(new ConfigError("limits", "Give an object, or null."));
            return patch;
        }

        foreach (var (name, member) in members)
        {
            if (patch.Take(name, member) is { } error) errors.Add(new ConfigError($"limits.{name}", error));
        }

        return patch;
    }

    public IntegrationLimits Apply(IntegrationLimits limits) => isReset
        ? IntegrationLimits.None
        : new IntegrationLimits
        {
            MaxConcurrentCalls = given.GetValueOrDefault("max_concurrent_calls", limits.MaxConcurrentCalls),
            MaxCallsPerMinute = given.GetValueOrDefault("max_calls_per_minute", limits.MaxCallsPerMinute),
        };

    // Whether a number is within its bounds is judged with the whole row.
    private string? Take(string name, JsonNode? value)
    {
        if (name is not ("max_concurrent_calls" or "max_calls_per_minute")) return "Not known here. Remove it.";
        var number = 0;
        if (value is not null && (value is not JsonValue typed || !typed.TryGetValue(out number))) return "Give a whole number, or null.";
        given[name] = value is null ? null : number;
        return null;
    }
}
