using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Vaka.Plugins.Host.Tests.Data;

/// <summary>Stands for the end of the disk: while it is on, every connection of this process to an SQLite file may have no more pages than
/// there are. SQLite then says what it says of a full disk.</summary>
internal sealed class PageLimit : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const long Plenty = 1_000_000;

    private readonly List<IDisposable> subscriptions = [];
    private readonly string file;
    private volatile bool isOn;

    public PageLimit(string file)
    {
        this.file = file;
        subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    public void TurnOn() => isOn = true;

    public void TurnOff() => isOn = false;

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener listener)
    {
        if (listener.Name == DbLoggerCategory.Name) subscriptions.Add(listener.Subscribe(this));
    }

    // The pragma lasts as long as its connection, which may come from the pool; less than there are means as many as there are.
    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> message)
    {
        if (message.Key != RelationalEventId.ConnectionOpened.Name
            || message.Value is not ConnectionEndEventData { Connection: SqliteConnection connection }
            || Path.GetFullPath(connection.DataSource) != file)
        {
            return;
        }

        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA max_page_count = {(isOn ? 1 : Plenty)}";
        command.ExecuteNonQuery();
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        foreach (var subscription in subscriptions) subscription.Dispose();
    }
}
