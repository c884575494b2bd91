using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.JSInterop;
using MudBlazor;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Admin.Editing;
using Vaka.Plugins.Host.Admin.Shell;
using Vaka.Plugins.Host.Integrations;

namespace Vaka.Plugins.Host.Admin.History;

/// <summary>Every revision of an integration. Which page of them and which two are compared stands in the address.</summary>
public sealed partial class HistoryPage : AdminPage
{
    private const int PageSize = 20;

    private Integration? row;
    private IReadOnlyList<ShownRevision> revisions = [];
    private IReadOnlyList<Difference>? compared;
    private int? next;

    [Parameter]
    public Guid Id { get; set; }

    /// <summary>Only revisions before this one are listed.</summary>
    [SupplyParameterFromQuery]
    public string? Before { get; set; }

    [SupplyParameterFromQuery]
    public string? From { get; set; }

    [SupplyParameterFromQuery]
    public string? To { get; set; }

    [Inject]
    private RevealedReads Reads { get; set; } = null!; // set by Blazor

    [Inject]
    private IntegrationStore Store { get; set; } = null!; // set before anything is called

    [Inject]
    private RevisionDifferences Differences { get; set; } = null!; // set before anything is called

    [Inject]
    private ApiKeys Keys { get; set; } = null!; // set before anything is called

    [Inject]
    private IDialogService DialogService { get; set; } = null!; // set before anything is called

    [Inject]
    private IJSRuntime Js { get; set; } = null!; // set before anything is called

    private IEnumerable<int> Choices => revisions.Select(revision => revision.Number)
        .Concat(new[] { Number(From), Number(To), row?.Revision }.OfType<int>()).Distinct().OrderDescending();

    protected override Task OnParametersSetAsync() => LoadAsync();

    private Task LoadAsync() => RunAsync(async caller =>
    {
        row = await Store.GetAsync(Id, caller, Leaving);
        Reads.Note(caller, "integration.history_read", row.Id.ToString());
        var found = await Store.ListRevisionsAsync(Id, Number(Before), PageSize + 1, caller, Leaving);
        var actors = await ActorNames.ReadAsync(Keys, caller, Leaving);
        revisions = [.. found.Take(PageSize).Select((revision, i) => new ShownRevision(
            revision.Revision, revision.CreatedAt, actors.Describe(revision.CreatedBy),
            i + 1 < found.Count ? Differences.Find(row.IntegrationType, found[i + 1], revision) : null))];
        next = found.Count > PageSize ? found[PageSize - 1].Revision : null;
        compared = Number(From) is { } from && Number(To) is { } to
            ? Differences.Find(row.IntegrationType, await ReadAsync(from, caller), await ReadAsync(to, caller))
            : null;
    });

    private async Task<IntegrationRevision> ReadAsync(int number, Caller caller)
    {
        var found = number is > 0 and < int.MaxValue ? await Store.ListRevisionsAsync(Id, number + 1, 1, caller, Leaving) : [];
        return found is [var revision] && revision.Revision == number ? revision
            : throw new ProblemException(ProblemCode.NotFound, $"This integration has no revision {number}.");
    }

    private async Task RestoreAsync(int number)
    {
        if (row is null) return;
        IReadOnlyList<Difference> changes = [];
        var now = row;
        if (!await RunAsync(async caller => changes = Differences.FindRestored(
                now.IntegrationType, await ReadAsync(now.Revision, caller), await ReadAsync(number, caller))))
            return;
        var dialog = await DialogService.ShowAsync<RestoreDialog>($"Restore revision {number}?", new DialogParameters<RestoreDialog>
        {
            { d => d.Number, number },
            { d => d.Current, now.Revision },
            { d => d.IsActive, now.IsActive },
            { d => d.Changes, changes },
        });
        if (await dialog.Result is not { Canceled: false }) return;
        Integration? written = null;
        if (await RunAsync(async caller => written = await Store.RestoreAsync(Id, number, now.Revision, caller, CancellationToken.None)))
        {
            Snackbar.Add($"Revision {number} is restored, as revision {written?.Revision}.", Severity.Success);
            if (Before is null && From is null) await LoadAsync();
            else Navigation.NavigateTo(Address());
        }

        StateHasChanged();
        if (Problem is not null) await Js.InvokeVoidAsync("vakaPage.focusFirstProblem");
    }

    private void Compare(string? from, string? to) => Navigation.NavigateTo(Address(from, to, Before), replace: true);

    private string Address(string? from = null, string? to = null, string? before = null)
    {
        var parts = new Dictionary<string, string?> { ["from"] = from, ["to"] = to, ["before"] = before };
        return QueryHelpers.AddQueryString(Session.Link($"/integrations/{Id}/history"), parts.Where(part => part.Value is not null));
    }

    private static string Text(int? number) => number?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static int? Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
