using Microsoft.Extensions.Options;
using Vaka.Plugins.Host.Data;

namespace Vaka.Plugins.Host.Actions.Durable;

/// <summary>An embedded database belongs to one host at a time, which then need not wait to take over what an earlier life of it had begun.
/// The lock ends with its process, even a killed one.</summary>
internal sealed class SoleHost : IDisposable
{
    private readonly FileStream? held;

    public SoleHost(IOptions<DatabaseOptions> options)
    {
        if (options.Value.SqliteFile is not { } file) return;
        try
        {
            held = OwnerOnly.Open(file + ".host", FileMode.OpenOrCreate, FileShare.None);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another host has it: each then waits for the other's lease, as on a shared database.
        }
    }

    public bool IsAlone => held is not null;

    public void Dispose() => held?.Dispose();
}
