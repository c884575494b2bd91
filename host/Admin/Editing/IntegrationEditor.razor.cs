using System.Globalization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;
using MudBlazor;
using Vaka.Plugins.Host.Access;
using Vaka.Plugins.Host.Actions;
using Vaka.Plugins.Host.Admin.Forms;
using Vaka.Plugins.Host.Admin.History;
using Vaka.Plugins.Host.Admin.Shell;
using Vaka.Plugins.Host.Health;
using Vaka.Plugins.Host.Integrations;
using Vaka.Plugins.Host.Integrations.Schema;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Admin.Editing;

/// <summary>Makes a new integration or edits one.</summary>
public sealed partial class IntegrationEditor : AdminPage
{
    private LoadedPlugin? plugin;
    private Integration? row;
    private Integration? theirs;
    private string theirsBy = "";
    private IReadOnlyList<Difference> conflict = [];
    private FormModel? model;
    private GeneralSettings general = new();
    private GeneralSettings saved = new();
    private string? nameProblem;
    private string? concurrentProblem;
    private string? rateProblem;
    private bool isTenants;
    private bool isSaving;
    private TestSteps? steps;

    /// <summary>The provider of a new one.</summary>
    [Parameter]
    public string? Type { get; set; }

    /// <summary>The one that is edited.</summary>
    [Parameter]
    public Guid? Id { get; set; }

    /// <summary>Told the id of a new one when it is saved, before the address becomes its own.</summary>
    [Parameter]
    public EventCallback<Guid> Created { get; set; }

    /// <summary>Somebody comes back from the vendor, having given consent.</summary>
    [SupplyParameterFromQuery(Name = "connected")]
    private bool IsConnected { get; set; }

    [Inject]
    private RevealedReads Reads { get; set; } = null!; // set by Blazor

    [Inject]
    private IntegrationStore Store { get; set; } = null!; // set before anything is called

    [Inject]
    private IntegrationView View { get; set; } = null!; // set before anything is called

    [Inject]
    private RevisionDifferences RevisionDifferences { get; set; } = null!; // set before anything is called

    [Inject]
    private ApiKeys Keys { get; set; } = null!; // set before anything is called

    [Inject]
    private IntegrationTester Tester { get; set; } = null!; // set before anything is called

    [Inject]
    private LiveOptions Live { get; set; } = null!; // set before anything is called

    [Inject]
    private IPluginCatalog Catalog { get; set; } = null!; // set before anything is called

    [Inject]
    private ProviderContracts Contracts { get; set; } = null!; // set before anything is called

    [Inject]
    private IDialogService DialogService { get; set; } = null!; // set before anything is called

    [Inject]
    private IJSRuntime Js { get; set; } = null!; // set before anything is called

    private bool IsChanged => model is { IsChanged: true } || !general.IsSameAs(saved);

    private string SaveWord => row is { IsActive: true } ? "Save" : "Save and activate";

    protected override Task OnInitializedAsync() => ReloadAsync();

    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (!IsConnected || row is null || steps is null or { IsRunning: true } || !RendererInfo.IsInteractive) return;
        IsConnected = false;
        Snackbar.Add($"{row.Name} is connected.", Severity.Success);
        Navigation.NavigateTo(Session.Link(Address(row)), replace: true);
        await TestAsync();
    }

    private Task ReloadAsync() => RunAsync(async caller =>
    {
        theirs = null;
        isTenants = caller.TenantId is not null;
        row = (row?.Id ?? Id) is { } id ? await Store.GetAsync(id, caller, Leaving) : null;
        if (row is not null) Reads.Note(caller, "integration.read", row.Id.ToString());
        Open(row?.IntegrationType ?? Type ?? "");
        await ShowFindingsAsync(caller);
    });

    // What a draft lacks, and what is worth a warning although it is saved.
    private async Task ShowFindingsAsync(Caller caller)
    {
        if (row is not null && model is not null)
            model.Show(await Store.CheckAsync(row.IntegrationType, model.Output(), row.Id, caller, Leaving));
    }

    // What was typed and is not saved stays, unless there is none.
    private async Task RefreshAsync()
    {
        if (row is null || IsChanged) return;
        Integration? now = null;
        if (await Session.TryAsync(async caller => now = await Store.GetAsync(row.Id, caller, Leaving)) is not null || now is null) return;
        row = now;
        Open(now.IntegrationType);
    }

    private void Open(string type)
    {
        plugin = Catalog.Find(type)?.Plugin ?? throw new ProblemException(ProblemCode.NotFound, $"The provider {type} is not loaded, so that its settings cannot be shown.");
        var view = row is null ? new ConfigView([], new Dictionary<string, SecretView>()) : View.Show(row);
        var secrets = view.Secrets.Where(secret => secret.Value.Set).ToDictionary(secret => secret.Key, secret => new StoredSecret(secret.Value.Fingerprint, Time(secret.Value.UpdatedAt)));
        if (model is not null) model.Changed -= Touch;
        model = new FormModel(FormSchema.Read(Contracts.Config(plugin).Schema), view.Config, secrets);
        model.Changed += Touch;
        general = row is null ? new GeneralSettings() : GeneralSettings.Of(row);
        saved = row is null ? new GeneralSettings() : GeneralSettings.Of(row);
    }

    private void Touch() => StateHasChanged();

    private async Task SaveAsync(bool isActive)
    {
        if (model is null || plugin is null || !await IsFinishedAsync()) return;
        isSaving = true;
        var draft = new IntegrationDraft
        {
            Name = general.Name,
            IntegrationType = plugin.Type,
            Config = model.Output(),
            IsActive = isActive,
            IsDefault = general.IsDefault ? true : null,
            Fallback = isTenants ? general.Fallback : null,
            SharedActions = isTenants || general.SharedActions is null ? null : [.. general.SharedActions],
            Limits = general.Limits,
        };
        Integration? written = null;
        await RunAsync(async caller => written = row is null
            ? await Store.CreateAsync(draft, caller, CancellationToken.None)
            : await Store.ReplaceAsync(row.Id, draft, row.Revision, caller, CancellationToken.None));
        isSaving = false;
        if (written is null)
        {
            await ShowRefusalAsync();
            return;
        }

        var isNew = row is null;
        row = written;
        Open(plugin.Type);
        Snackbar.Add(isActive ? $"{row.Name} is saved and in use." : $"{row.Name} is saved.", Severity.Success);
        if (isNew)
        {
            await Created.InvokeAsync(row.Id);
            Navigation.NavigateTo(Session.Link(Address(row)));
        }

        await RunAsync(ShowFindingsAsync);
    }

    // Where the refusal names fields, it is shown there.
    private async Task ShowRefusalAsync()
    {
        if (Problem is null || model is null) return;
        if (Problem.Code is ProblemCode.RevisionConflict && row is not null)
        {
            await RunAsync(ShowConflictAsync);
            await GoToProblemAsync();
            return;
        }

        nameProblem = Problem.Code is ProblemCode.NameTaken ? Problem.Message
            : Problem.Code is ProblemCode.InvalidRequest ? Problem.Errors.FirstOrDefault(error => error.Path == "name")?.Message : null;
        if (nameProblem is not null) Problem = null;
        else if (Problem is { Code: ProblemCode.InvalidConfig or ProblemCode.SecretRequired, Errors.Count: > 0 })
        {
            model.Show(Problem.Errors);
            Problem = null;
        }

        await GoToProblemAsync();
    }

    private async Task ShowConflictAsync(Caller caller)
    {
        if (row is null || model is null) return;
        var now = await Store.GetAsync(row.Id, caller, Leaving);
        conflict = FindConflict(row, model, now);
        theirsBy = (await ActorNames.ReadAsync(Keys, caller, Leaving)).Describe(now.UpdatedBy);
        theirs = now;
    }

    // A secret that was not typed here, and being in use, are not overwritten: they are told of all the same.
    private IReadOnlyList<Difference> FindConflict(Integration opened, FormModel mine, Integration now)
    {
        const string NotMine = "not changed by you";
        var found = Difference.Find(general.Describe(), GeneralSettings.Of(now).Describe()).ToList();
        if (opened.IsActive != now.IsActive) found.Add(new Difference("In use", NotMine, now.IsActive ? "yes" : "no"));
        found.AddRange(Difference.Find(mine.Output(), View.Show(now).Config, mine.IsSecret));
        found.AddRange(RevisionDifferences.FindSecrets(now.IntegrationType, opened.Config, now.Config)
            .Where(secret => found.TrueForAll(other => other.Path != secret.Path)).Select(secret => secret with { One = NotMine }));
        return found;
    }

    private async Task TestAsync()
    {
        if (model is null || plugin is null || steps is null or { IsRunning: true } || !await IsFinishedAsync(isToBeSaved: false)) return;
        var config = model.Output();
        IReadOnlyList<ConfigError> found = [];
        if (!await RunAsync(async caller => found = await Store.CheckAsync(plugin.Type, config, row?.Id, caller, Leaving)))
        {
            await ShowRefusalAsync();
            return;
        }

        model.Show(found);
        if (found.Any(error => error.Severity is ConfigSeverity.Error))
        {
            await GoToProblemAsync();
            return;
        }

        await steps.RunAsync(async onStep =>
        {
            ProbeReport? report = null;
            var problem = await Session.TryAsync(async caller =>
                // What is saved has more than its config: consent that was given, tokens that were replaced.
                report = row is not null && !model.IsChanged
                    ? await Tester.TestSavedAsync(row.Id, caller, onStep, Leaving)
                    : await Tester.TestUnsavedAsync(plugin.Type, config, row?.Id, caller, onStep, Leaving));
            return (report, problem);
        });
    }

    private async Task<bool> IsFinishedAsync(bool isToBeSaved = true)
    {
        Problem = null;
        model?.Show([]);
        nameProblem = isToBeSaved && string.IsNullOrWhiteSpace(general.Name) ? "Give it a name." : null;
        concurrentProblem = isToBeSaved ? GeneralSettings.LimitProblem(general.MaxConcurrentCalls, IntegrationLimits.MostConcurrentCalls) : null;
        rateProblem = isToBeSaved ? GeneralSettings.LimitProblem(general.MaxCallsPerMinute, IntegrationLimits.MostCallsPerMinute) : null;
        if (nameProblem is null && concurrentProblem is null && rateProblem is null && model is { Unfinished.Count: 0 }) return true;
        await GoToProblemAsync();
        return false;
    }

    private async Task GoToProblemAsync()
    {
        StateHasChanged();
        await Task.Yield(); // the fields are drawn first
        await Js.InvokeVoidAsync("vakaPage.focusFirstProblem");
    }

    private async Task<(IReadOnlyList<Option> Items, string? Problem)> ReadOptionsAsync(string path, string? query)
    {
        if (plugin is null || model is null) return ([], null);
        OptionList list = OptionList.Empty;
        var source = row is { IsActive: true } && !model.IsChanged
            ? new OptionsSource { Integration = row.Id.ToString() }
            : new OptionsSource { Config = model.Output(), ExistingId = row?.Id };
        var problem = await Session.TryAsync(async caller => list = await Live.ListAsync(plugin.Type, new OptionsRequest(path, query), source, caller, Leaving));
        return (list.Items, problem is { Code: ProblemCode.InvalidConfig, Errors.Count: > 0 } ? Lacking(model, problem.Errors) : problem?.Message);
    }

    private static string Address(Integration row) => $"/integrations/{row.Id}";

    private static string Lacking(FormModel model, IReadOnlyList<ConfigError> errors)
    {
        var paths = errors.Where(error => error.Severity is ConfigSeverity.Error).Select(error => error.Path).Distinct();
        return $"fill in or correct first: {string.Join(", ", paths.Select(path => model.Fields.FirstOrDefault(field => field.Name == path)?.Title ?? path))}.";
    }

    private async Task OverwriteAsync()
    {
        row = theirs;
        theirs = null;
        await SaveAsync(row is { IsActive: true });
    }

    private async Task AskBeforeLeavingAsync(LocationChangingContext leaving)
    {
        // What is typed after a new one was saved stays: only the address changes.
        if (row is not null && Navigation.ToAbsoluteUri(leaving.TargetLocation).AbsolutePath == Address(row)) return;
        if (IsChanged && !await DialogService.ConfirmAsync("Leave without saving?", "What you have changed here is lost.", "Leave"))
            leaving.PreventNavigation();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && model is not null) model.Changed -= Touch;
        base.Dispose(disposing);
    }

    private static DateTimeOffset? Time(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : null;
}
