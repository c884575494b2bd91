using System.Text.Json.Nodes;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Admin.Shell;

namespace Vaka.Plugins.Host.Admin.Audit;

/// <summary>One event of the audit in words. Public because a component's parameters are.</summary>
public sealed record ShownEvent
{
    private const string Integration = "integration.";
    private const string Provider = "provider.";

    public required Guid Id { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Who, as it is stored.</summary>
    public required string Actor { get; init; }

    /// <summary>Who, in words.</summary>
    public required string ActorName { get; init; }

    /// <summary>What, as it is stored, such as <c>integration.updated</c>.</summary>
    public required string Action { get; init; }

    /// <summary>What, in words.</summary>
    public required string Title { get; init; }

    /// <summary>To what.</summary>
    public required string Subject { get; init; }

    /// <summary>The provider that it concerns; <c>null</c>: none.</summary>
    public required string? Type { get; init; }

    /// <summary>Where its subject is looked at; <c>null</c>: nowhere, or it is gone.</summary>
    public required string? Link { get; init; }

    public required int? FromRevision { get; init; }

    public required int? ToRevision { get; init; }

    /// <summary>What else is known, such as <c>Changed: config.url, name</c>.</summary>
    public required string? Details { get; init; }

    /// <summary>The integration that it was done to.</summary>
    internal static Guid? IntegrationOf(AuditEvent e) =>
        e.Action.StartsWith(Integration, StringComparison.Ordinal) && Guid.TryParse(e.Subject, out var id) ? id : null;

    internal static ShownEvent From(AuditEvent e, IReadOnlyDictionary<Guid, Guid?> alive, ActorNames actors)
    {
        var details = e.Details is null ? [] : JsonNode.Parse(e.Details) as JsonObject ?? [];
        var isProvider = e.Action.StartsWith(Provider, StringComparison.Ordinal);
        return new ShownEvent
        {
            Id = e.Id,
            At = e.At,
            Actor = e.Actor,
            ActorName = actors.Describe(e.Actor),
            Action = e.Action,
            Title = Words(e.Action),
            Subject = details["name"] is JsonValue name ? name.ToString() : actors.Key(e.Subject),
            Type = isProvider ? e.Subject : details["integration_type"]?.ToString(),
            Link = isProvider ? "/integrations/providers"
                : IntegrationOf(e) is { } id && alive.TryGetValue(id, out var tenant)
                    ? tenant is null ? $"/integrations/{id}" : $"/integrations/{id}?tenant={tenant}"
                : null,
            FromRevision = e.FromRevision,
            ToRevision = e.ToRevision,
            Details = Describe(details),
        };
    }

    /// <summary><c>api_key.created</c> as "API key created".</summary>
    internal static string Words(string name)
    {
        var words = name.Replace('.', ' ').Replace('_', ' ').Replace("api key", "API key", StringComparison.Ordinal);
        return words.Length == 0 ? words : char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static string? Describe(JsonObject details)
    {
        var parts = details.Where(member => member.Key is not ("name" or "integration_type") && member.Value is not null)
            .Select(member => $"{Words(member.Key)}: {(member.Value is JsonArray list ? string.Join(", ", list) : member.Value)}").ToList();
        return parts.Count == 0 ? null : string.Join(" · ", parts);
    }
}

/// <summary>A page of them.</summary>
public sealed record ShownEvents(IReadOnlyList<ShownEvent> Rows, string? Next);
