using System.Data.Common;
using System.Globalization;
using Vaka.Plugins.Host.Data;
using Vaka.Plugins.Host.Integrations.Policies;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Where the resolver reads from.</summary>
internal interface IIntegrationRows
{
    /// <summary>The rows that could answer, in the order in which they are looked at; what does not matter for that is left out:
    /// their health, and who wrote them.</summary>
    Task<CandidateRows> ReadAsync(string type, Guid? tenantId, string? nameOrId, CancellationToken cancellationToken);
}

/// <summary>Rows that could answer.</summary>
/// <param name="Own">The tenant's, or the platform-wide ones when the platform itself asks.</param>
/// <param name="Platform">The platform-wide ones; empty when the platform itself asks.</param>
/// <param name="FallbackForbiddenBy">The name of a row of the tenant and type that says <c>never</c>, able to answer or not.</param>
internal sealed record CandidateRows(
    IReadOnlyList<Integration> Own, IReadOnlyList<Integration> Platform, string? FallbackForbiddenBy);

/// <summary>Reads the candidates with one query, never a whole table: a trail of more rows than this helps nobody. It is written by hand
/// and prepared, since the first call of each tenant waits for it.</summary>
internal sealed class IntegrationRows(PreparedQueries queries) : IIntegrationRows
{
    private const int Limit = 20;

    private const string Columns = "id, tenant_id, name, integration_type, status, status_reason, config, config_version, is_active, "
        + "is_default, fallback, shared_actions, revision, created_at, max_concurrent_calls, max_calls_per_minute, "
        + PolicyRules.Sql + " AS policies";

    private const string OfTenant = "tenant_id = @tenant AND integration_type = @type";
    private const string OfPlatform = "tenant_id IS NULL AND integration_type = @type";
    private const string IsMeant = " AND (name = @name OR id = @id)";

    private static readonly string Forbidding =
        $"SELECT * FROM (SELECT {Columns} FROM integrations WHERE {OfTenant} AND fallback = 'never' ORDER BY id LIMIT 1) AS forbidding";

    private static readonly string ForTenant = $"{First(OfTenant)} UNION ALL {First(OfPlatform)} UNION ALL {Forbidding}";
    private static readonly string ForTenantNamed = $"{First(OfTenant + IsMeant)} UNION ALL {First(OfPlatform + IsMeant)} UNION ALL {Forbidding}";
    private static readonly string ForPlatform = First(OfPlatform);
    private static readonly string ForPlatformNamed = First(OfPlatform + IsMeant);

    /// <summary>All that it asks, for whoever wants to see the plans.</summary>
    public static IReadOnlyList<string> Statements { get; } = [ForTenant, ForTenantNamed, ForPlatform, ForPlatformNamed];

    public async Task<CandidateRows> ReadAsync(string type, Guid? tenantId, string? nameOrId, CancellationToken cancellationToken)
    {
        var id = Guid.TryParse(nameOrId, out var parsed) ? parsed : Guid.Empty;
        var found = await ((tenantId, nameOrId) switch
        {
            (null, null) => queries.ReadAsync(ForPlatform, [("@type", type)], Read, cancellationToken),
            (null, { } name) => queries.ReadAsync(ForPlatformNamed, [("@type", type), ("@name", name), ("@id", id)], Read, cancellationToken),
            ({ } tenant, null) => queries.ReadAsync(ForTenant, [("@tenant", tenant), ("@type", type)], Read, cancellationToken),
            ({ } tenant, { } name) => queries.ReadAsync(
                ForTenantNamed, [("@tenant", tenant), ("@type", type), ("@name", name), ("@id", id)], Read, cancellationToken),
        });

        // UNION ALL promises no order and may repeat the row that says never.
        found.Sort(InOrder);
        var (own, platform, forbidding) = (new List<Integration>(), new List<Integration>(), (string?)null);
        foreach (var row in found)
        {
            if (row.TenantId is null && tenantId is not null) platform.Add(row);
            else if ((nameOrId is null || row.Name == nameOrId || row.Id == id) && (own.Count == 0 || own[^1].Id != row.Id)) own.Add(row);
            if (row.TenantId is not null && row.Fallback is Fallback.Never) forbidding ??= row.Name;
        }

        return new CandidateRows(own, platform, forbidding);
    }

    private static string First(string condition) =>
        $"SELECT * FROM (SELECT {Columns} FROM integrations WHERE {condition} ORDER BY is_default DESC, is_active DESC, created_at, id "
        + $"LIMIT {Limit.ToString(CultureInfo.InvariantCulture)}) AS candidates";

    private static int InOrder(Integration one, Integration other)
    {
        var order = other.IsDefault.CompareTo(one.IsDefault);
        if (order == 0) order = other.IsActive.CompareTo(one.IsActive);
        if (order == 0) order = one.CreatedAt.CompareTo(other.CreatedAt);
        return order == 0 ? one.Id.CompareTo(other.Id) : order;
    }

    // In the order of Columns.
    private static Integration Read(DbDataReader row) => new()
    {
        Id = row.GetGuid(0),
        TenantId = row.IsDBNull(1) ? null : row.GetGuid(1),
        Name = row.GetString(2),
        IntegrationType = row.GetString(3),
        Status = SnakeCaseEnum.Parse<IntegrationStatus>(row.GetString(4)),
        StatusReason = row.IsDBNull(5) ? null : row.GetString(5),
        Config = row.GetString(6),
        ConfigVersion = row.GetInt32(7),
        IsActive = row.GetBoolean(8),
        IsDefault = row.GetBoolean(9),
        Fallback = SnakeCaseEnum.Parse<Fallback>(row.GetString(10)),
        SharedActions = row.IsDBNull(11) ? null : row.GetString(11),
        Revision = row.GetInt32(12),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(13),
        MaxConcurrentCalls = row.IsDBNull(14) ? null : row.GetInt32(14),
        MaxCallsPerMinute = row.IsDBNull(15) ? null : row.GetInt32(15),
        Policies = row.IsDBNull(16) ? null : row.GetString(16),
        CreatedBy = "",
        UpdatedAt = default,
        UpdatedBy = "",
    };
}
