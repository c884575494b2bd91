using MudBlazor;

namespace Vaka.Plugins.Host.Admin.Shell;

/// <summary>Questions that every page asks in the same way.</summary>
internal static class Dialogs
{
    /// <summary>Asks before something that cannot be taken back, and says what follows from it.</summary>
    public static async Task<bool> ConfirmAsync(
        this IDialogService dialogs, string question, string consequence, string verb, string dismissal = "Cancel")
    {
        var dialog = await dialogs.ShowAsync<ConfirmDialog>(question, new DialogParameters<ConfirmDialog>
        {
            { d => d.Text, consequence },
            { d => d.Verb, verb },
            { d => d.Dismissal, dismissal },
        });
        return await dialog.Result is { Canceled: false };
    }
}
