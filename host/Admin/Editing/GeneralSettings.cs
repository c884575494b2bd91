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

    public static GeneralSettings Of(Integration row) => Of(IntegrationRevision.Of(row));

    public static GeneralSettings Of(IntegrationRevision revision) => new()
    {
        Name = revision.Name,
        IsDefault = revision.IsDefault,
        Fallback = revision.Fallback,
        SharedActions = revision.SharedActions is null ? null : JsonSerializer.Deserialize<HashSet<string>>(revision.SharedActions),
    };

    public bool IsSameAs(GeneralSettings other) => Name == other.Name && IsDefault == other.IsDefault && Fallback == other.Fallback
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
    };
}
