using Microsoft.AspNetCore.Components;
using Vaka.Plugins.Host.Access;

namespace Vaka.Plugins.Host.Admin.Shell;

/// <summary>A page that shows what is read for the tenant and the page that stand in the address.</summary>
/// <typeparam name="T">What is shown, as it is carried from the prerendered page into the live one.</typeparam>
public abstract class ListPage<T> : AdminPage
    where T : class
{
    private bool wasPrerendered;
    private int reads;

    /// <summary>Carried from the prerendered page into the live one, so that nothing flickers.</summary>
    [PersistentState]
    public T? Shown { get; set; }

    [SupplyParameterFromQuery]
    public string? Tenant { get; set; }

    [SupplyParameterFromQuery]
    public string? Cursor { get; set; }

    /// <summary>Who looks; <c>null</c>: not known yet.</summary>
    private protected Caller? Caller { get; private set; }

    protected override void OnInitialized() => wasPrerendered = Shown is not null;

    protected override Task OnParametersSetAsync()
    {
        if (!wasPrerendered) return LoadAsync();
        wasPrerendered = false;
        return RunAsync(caller =>
        {
            Caller = caller;
            return Task.CompletedTask;
        });
    }

    private protected async Task LoadAsync()
    {
        var read = ++reads;
        T? page = null;
        var isRead = await RunAsync(async caller =>
        {
            Caller = caller;
            page = await ReadAsync(caller);
        });
        if (read == reads) Shown = isRead ? page ?? Shown : null;
    }

    private protected abstract Task<T> ReadAsync(Caller caller);

    /// <summary>The page that the address names; <c>null</c>: the first.</summary>
    private protected Guid? Before => string.IsNullOrEmpty(Cursor) ? null
        : Guid.TryParse(Cursor, out var last) ? last
        : throw new ProblemException(ProblemCode.InvalidRequest, "The page in the address is not one of ours. Go to the first page.");
}
