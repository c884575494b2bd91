using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Admin.Shell;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Admin.Listing;

/// <summary>The list. What is filtered and which page is shown stands in the address.</summary>
public sealed partial class IntegrationsPage : AdminPage
{
    private bool isPlatform;
    private bool wasPrerendered;

    /// <summary>Carried from the prerendered page into the live one, so that nothing flickers.</summary>
    [PersistentState]
    public ShownPage? Shown { get; set; }

    [SupplyParameterFromQuery(Name = "q")]
    public string? Search { get; set; }

    [SupplyParameterFromQuery]
    public string? Type { get; set; }

    [SupplyParameterFromQuery]
    public string? Status { get; set; }

    [SupplyParameterFromQuery]
    public string? Health { get; set; }

    [SupplyParameterFromQuery]
    public string? Cursor { get; set; }

    [SupplyParameterFromQuery]
    public string? Tenant { get; set; }

    [Inject]
    private IntegrationList List { get; set; } = null!; // set before anything is called

    private ListFilterValues Filters => new()
    {
        Search = Search,
        Type = Type,
        Status = Status,
        Health = Health,
        Tenant = Tenant,
    };

    private bool IsFiltered => Filters with { Tenant = null } != new ListFilterValues();

    private string Subtitle => Session.IsAllTenants ? "The platform-wide ones and those of every tenant."
        : string.IsNullOrEmpty(Tenant) && isPlatform ? "The platform-wide ones: they serve every tenant that has none of its own."
        : "What is configured for this tenant.";

    protected override void OnInitialized() => wasPrerendered = Shown is not null;

    protected override Task OnParametersSetAsync()
    {
        if (!wasPrerendered) return LoadAsync();
        wasPrerendered = false;
        return RunAsync(caller =>
        {
            isPlatform = caller.IsPlatform;
            return Task.CompletedTask;
        });
    }

    protected override void OnAfterRender(bool firstRender)
    {
        if (firstRender) _ = KeepFreshAsync(RefreshAsync);
    }

    private async Task LoadAsync()
    {
        var query = new IntegrationQuery
        {
            Q = string.IsNullOrWhiteSpace(Search) ? null : Search.Trim(),
            IntegrationType = string.IsNullOrEmpty(Type) ? null : Type,
            Status = Enum.TryParse<IntegrationStatus>(Status, ignoreCase: true, out var status) ? status : null,
            HealthStatus = Enum.TryParse<HealthStatus>(Health, ignoreCase: true, out var health) ? health : null,
            AllTenants = Session.IsAllTenants,
            Cursor = Cursor,
        };
        ShownPage? page = null;
        var isRead = await RunAsync(async caller =>
        {
            isPlatform = caller.IsPlatform;
            page = await List.ReadAsync(query, caller, Leaving);
        });
        Shown = isRead ? page ?? Shown : null;
    }

    private Task ReloadAsync() => LoadAsync();

    // Health and use: the rows on the screen are read again.
    private async Task RefreshAsync(Caller caller)
    {
        if (Shown is not { Rows.Count: > 0 } page) return;
        var fresh = await List.RefreshAsync(page, caller, Leaving);
        if (!ReferenceEquals(page, Shown) || fresh.Rows.SequenceEqual(page.Rows)) return;
        Shown = fresh;
        StateHasChanged();
    }

    private void Apply(ListFilterValues filters) => Navigation.NavigateTo(Address(filters, null), replace: true);

    private static string Address(ListFilterValues filters, string? cursor)
    {
        var parts = new Dictionary<string, string?>
        {
            ["q"] = filters.Search, ["type"] = filters.Type, ["status"] = filters.Status, ["health"] = filters.Health,
            ["tenant"] = filters.Tenant, ["cursor"] = cursor,
        };
        return QueryHelpers.AddQueryString("/integrations", parts.Where(part => !string.IsNullOrEmpty(part.Value)));
    }
}
