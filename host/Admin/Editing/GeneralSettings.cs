using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Admin.Editing;

/// <summary>What every integration has beside its config, as it is being typed.</summary>
internal sealed class GeneralSettings
{
    public string Name { get; set; } = "";

    public bool IsDefault { get; set; }

    public Fallback Fallback { get; set; }

    /// <summary>The actions lent to tenants; <c>null</c>: the tenant-safe ones.</summary>
    public IReadOnlySet<string>? SharedActions { get; set; }

    /// <summary>As it is typed, here and below; empty: no limit is set.</summary>
    public string MaxConcurrentCalls { get; set; } = "";

    public string MaxCallsPerMinute { get; set; } = "";

    /// <summary>What was typed, once <see cref="LimitProblem"/> finds nothing wrong.</summary>
    public IntegrationLimits Limits => new() { MaxConcurrentCalls = Number(MaxConcurrentCalls), MaxCallsPerMinute = Number(MaxCallsPerMinute) };

    public static GeneralSettings Of(Integration row) => Of(IntegrationRevision.Of(row));

    public static GeneralSettings Of(IntegrationRevision revision) => new()
    {
        Name = revision.Name,
        IsDefault = revision.IsDefault,
        Fallback = revision.Fallback,
        SharedActions = revision.SharedActions is null ? null : JsonSerializer.Deserialize<HashSet<string>>(revision.SharedActions),
        MaxConcurrentCalls = Text(revision.MaxConcurrentCalls),
        MaxCallsPerMinute = Text(revision.MaxCallsPerMinute),
    };

    /// <summary>What is wrong with a limit as it is typed.</summary>
    public static string? LimitProblem(string typed, int most) =>
        string.IsNullOrWhiteSpace(typed) || (Number(typed) is { } number && number >= 1 && number <= most)
            ? null
            : FormattableString.Invariant($"Give a whole number from 1 to {most}, or leave it empty.");

    public bool IsSameAs(GeneralSettings other) => Name == other.Name && IsDefault == other.IsDefault && Fallback == other.Fallback
        && MaxConcurrentCalls == other.MaxConcurrentCalls && MaxCallsPerMinute == other.MaxCallsPerMinute
        && (SharedActions is null ? other.SharedActions is null : other.SharedActions is not null && SharedActions.SetEquals(other.SharedActions));

    /// <summary>In words, to be compared by <see cref="Difference.Find"/>.</summary>
    public JsonObject Describe() => new()
    {
        ["Name"] = Name,
        ["Default"] = IsDefault ? "yes" : "no",
        ["Platform-wide one may serve"] = Fallback switch
        {
            Fallback.WhenInactive => "while none is switched on",
            Fallback.WhenUnusable => "also while this one cannot be used",
            Fallback.Never => "never",
        },
        ["Lent to tenants"] = SharedActions switch
        {
            null => "what is safe to lend",
            { Count: 0 } => "nothing",
            _ => string.Join(", ", SharedActions.Order(StringComparer.Ordinal)),
        },
        ["Calls at the same time"] = Described(MaxConcurrentCalls),
        ["Calls a minute"] = Described(MaxCallsPerMinute),
    };

    private static string Described(string limit) => string.IsNullOrWhiteSpace(limit) ? "no limit of its own" : $"at most {limit.Trim()}";

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static int? Number(string typed) => int.TryParse(typed.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
