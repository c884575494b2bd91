using System.ComponentModel.DataAnnotations;
using Vaka.Plugins.Host.Integrations.Policies;

namespace Vaka.Plugins.Host.Api;

/// <summary>All policies of an integration. Of those that are about a call the one decides that names its caller, else its channel, else its
/// action; of equal ones the strictest. A call that none is about is allowed.</summary>
internal sealed record PolicyList
{
    /// <summary>In any order.</summary>
    [MaxLength(PolicyStore.MostRules)]
    public required IReadOnlyList<PolicyItem> Policies { get; init; }

    public static PolicyList From(IReadOnlyList<PolicyRule> rules) => new()
    {
        Policies = [.. rules.Select(rule => new PolicyItem { Caller = rule.Caller, Channel = rule.Channel, Action = rule.Action, Effect = rule.Effect })],
    };

    public IReadOnlyList<PolicyRule> ToRules() => [.. Policies.Select(item => new PolicyRule(item.Caller, item.Channel, item.Action, item.Effect))];
}

/// <summary>What becomes of some calls.</summary>
internal sealed record PolicyItem
{
    /// <summary>Whose, as the audit names callers: key: and the id of an API key, or jwt: and the subject of a token; default: anyone's.</summary>
    [StringLength(PolicyRule.LongestCaller)]
    public string? Caller { get; init; }

    /// <summary>By which way; default: any.</summary>
    public CallChannel? Channel { get; init; }

    /// <summary>Of which action; default: of every one.</summary>
    [StringLength(63)]
    public string? Action { get; init; }

    /// <summary>allow: it is run; ask: it waits until an admin approves it; block: it is refused.</summary>
    public required PolicyEffect Effect { get; init; }
}
