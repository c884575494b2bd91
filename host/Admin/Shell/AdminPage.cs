using Microsoft.AspNetCore.Components;
using MudBlazor;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Admin.Shell;

/// <summary>What every page of the room stands on: it acts as the caller, shows what goes wrong and ends its work when it is left.</summary>
public abstract class AdminPage : ComponentBase, IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(3);

    private readonly CancellationTokenSource left = new();

    [Inject]
    private protected AdminSession Session { get; set; } = null!; // set before anything is called

    [Inject]
    private protected NavigationManager Navigation { get; set; } = null!; // set before anything is called

    [Inject]
    private protected ISnackbar Snackbar { get; set; } = null!; // set before anything is called

    [Inject]
    private protected TimeProvider Clock { get; set; } = null!; // set before anything is called

    /// <summary>What went wrong last, for <see cref="ProblemAlert"/>.</summary>
    private protected ProblemException? Problem { get; set; }

    /// <summary>Cancelled when the page is left.</summary>
    protected CancellationToken Leaving => left.Token;

    /// <summary>Does something as the caller and shows what goes wrong.</summary>
    /// <returns>Whether it went well.</returns>
    private protected async Task<bool> RunAsync(Func<Caller, Task> work)
    {
        Problem = await Session.TryAsync(work);
        return Problem is null;
    }

    /// <summary>Looks every few seconds for what changes by itself, on whichever node, until the page is left. Nobody waits for it: no
    /// progress is shown, and what goes wrong is left to the next time.</summary>
    private protected async Task KeepFreshAsync(Func<Caller, Task> look)
    {
        var leaving = Leaving;
        using var timer = new PeriodicTimer(LookEvery, Clock);
        try
        {
            while (await timer.WaitForNextTickAsync(leaving)) await Session.TryAsync(look, isQuiet: true);
        }
        catch (OperationCanceledException)
        {
            // The page was left.
        }
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool disposing)
    {
        if (!disposing || left.IsCancellationRequested) return;
        left.Cancel();
        left.Dispose();
    }
}
