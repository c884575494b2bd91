using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Integrations.Resolution;

/// <summary>Watches <c>PRAGMA data_version</c>, which moves when any other connection commits anything
/// (<see href="https://www.sqlite.org/pragma.html#pragma_data_version"/>).</summary>
/// <remarks>That includes this process's own writes: while it records executions, the cache is filled anew with every pulse. This is
/// wasteful and correct; a query of the embedded database is cheap.</remarks>
internal sealed class SqliteChanges(HostDbContext context, TimeProvider clock)
{
    /// <inheritdoc cref="PostgresChanges.FollowAsync"/>
    public async Task FollowAsync(Action flush, Action<long> trustSince, TimeSpan pulse, CancellationToken cancellationToken)
    {
        await using var command = context.Database.GetDbConnection().CreateCommand();
        command.CommandText = "PRAGMA data_version";
        long? seen = null;
        while (true)
        {
            var start = clock.GetTimestamp();
            var version = Convert.ToInt64(await command.ExecuteScalarAsync(cancellationToken), CultureInfo.InvariantCulture);
            if (version != seen) flush();
            seen = version;
            trustSince(start);
            await Task.Delay(pulse, clock, cancellationToken);
        }
    }
}
