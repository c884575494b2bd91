using System.Text;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions.Executions;
using Vaka.Plugins.Host.Integrations.Policies;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>An execution that this node has taken.</summary>
internal sealed class WorkItem(Execution row)
{
    public Guid Id { get; } = row.Id;

    public Guid? TenantId { get; } = row.TenantId;

    public string Type { get; } = row.IntegrationType;

    public string Action { get; } = row.Action;

    /// <summary>Name or id of the integration that is meant; <c>null</c>: the default one.</summary>
    public string? RequestedIntegration { get; } = row.RequestedIntegration;

    public DateTimeOffset CreatedAt { get; } = row.CreatedAt;

    /// <summary>The trace that it continues: <see cref="Execution.TraceParent"/>.</summary>
    public string? TraceParent { get; } = row.TraceParent;

    /// <summary>Since when it may begin, by the database's clock.</summary>
    public DateTimeOffset DueAt { get; } = row.AvailableAt ?? row.CreatedAt;

    /// <summary>What every write of it must carry.</summary>
    public int Fence { get; } = row.Fence;

    /// <summary>The number of the attempt that is made now.</summary>
    public int Attempt { get; } = row.Attempts + 1;

    /// <summary>Attempts that count against the schedule, with this one.</summary>
    public int CountedAttempts => Attempt - row.ForgivenAttempts;

    /// <summary>Nobody knows what came of the last attempt.</summary>
    public bool IsUncertain { get; } = row.FailureKind is FailureKind.OutcomeUnknown;

    /// <summary>Room that it takes in memory, roughly.</summary>
    public int Size { get; } = 1_000 + (2 * (row.Payload?.Length ?? 0));

    /// <summary>What an admin has approved; <c>null</c>: nobody has.</summary>
    public string? ApprovedHash { get; } = row.ApprovedHash;

    public ActionRequest Request { get; } = new()
    {
        Type = row.IntegrationType,
        Action = row.Action,
        Input = Encoding.UTF8.GetBytes(row.Payload ?? "{}"),
        Integration = row.RequestedIntegration,
        Channel = row.Channel ?? CallChannel.Api,
        Caller = new Caller { Name = row.Caller, Role = CallerRole.Service, HomeTenantId = row.TenantId, TenantId = row.TenantId },
    };

    /// <summary>What it stands in now.</summary>
    public Guid Lane { get; set; } = row.Lane ?? Guid.Empty;
}
