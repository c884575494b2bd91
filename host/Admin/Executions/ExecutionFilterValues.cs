using Microsoft.AspNetCore.WebUtilities;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Actions.Executions;

namespace Vaka.Plugins.Host.Admin.Executions;

/// <summary>What the list is narrowed to, as it stands in the address.</summary>
public sealed record ExecutionFilterValues
{
    public string? State { get; init; }

    public string? Type { get; init; }

    public string? Action { get; init; }

    /// <summary>Id of an integration.</summary>
    public string? Integration { get; init; }

    /// <summary>How far back: <c>1h</c>, <c>24h</c>, <c>7d</c>; nothing: everything that is kept.</summary>
    public string? Since { get; init; }

    /// <summary>A UUID, or <c>all</c>: every tenant's runs through one integration.</summary>
    public string? Tenant { get; init; }

    public bool IsEmpty => this with { Tenant = null } == new ExecutionFilterValues();

    public string Address(string? cursor)
    {
        var parts = new Dictionary<string, string?>
        {
            ["state"] = State, ["type"] = Type, ["action"] = Action, ["integration"] = Integration, ["since"] = Since,
            ["tenant"] = Tenant == "all" && string.IsNullOrEmpty(Integration) ? null : Tenant,
            ["cursor"] = cursor,
        };
        return QueryHelpers.AddQueryString("/integrations/executions", parts.Where(part => !string.IsNullOrEmpty(part.Value)));
    }

    internal ExecutionQuery Query(DateTimeOffset now, Guid? before) => new()
    {
        State = Enum.TryParse<ExecutionState>(State?.Replace("_", ""), ignoreCase: true, out var state) ? state : null,
        IntegrationType = string.IsNullOrEmpty(Type) ? null : Type,
        Action = string.IsNullOrEmpty(Action) ? null : Action,
        IntegrationId = string.IsNullOrEmpty(Integration) ? null
            : Guid.TryParse(Integration, out var id) ? id
            : throw new ProblemException(ProblemCode.InvalidRequest, "The integration in the address is not a UUID. Clear the filters."),
        Since = Since switch
        {
            "1h" => now.AddHours(-1),
            "24h" => now.AddDays(-1),
            "7d" => now.AddDays(-7),
            _ => null,
        },
        AllTenants = Tenant == "all",
        Before = before,
    };
}
