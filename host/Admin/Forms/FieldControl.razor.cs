using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Components;

namespace Vaka.Plugins.Host.Admin.Forms;

/// <summary>What is typed goes into the document as it is: whether it is right is for the schema to say, in the same words as on the
/// wire.</summary>
public sealed partial class FieldControl : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    private static readonly IReadOnlyList<FormChoice> YesOrNo = [new(JsonValue.Create(true), "Yes"), new(JsonValue.Create(false), "No")];

    private CancellationTokenSource typing = new();
    private IReadOnlyList<Option> options = [];
    private string? optionsProblem;

    [CascadingParameter]
    private FormModel Model { get; set; } = null!; // the form around it

    [CascadingParameter(Name = "options")]
    private FormOptions? Options { get; set; }

    [Inject]
    private TimeProvider Clock { get; set; } = null!; // set before anything is called

    [Parameter, EditorRequired]
    public required FormField Field { get; set; }

    [Parameter, EditorRequired]
    public required FormSlot Slot { get; set; }

    [Parameter]
    public string? DescribedBy { get; set; }

    [Parameter]
    public string? Invalid { get; set; }

    private string Id => Slot.ElementId;

    private string? Placeholder => Field.Default is JsonValue preset && preset.ToString() is { Length: > 0 } text ? text : Field.Placeholder;

    private string InputType => Field.Kind switch
    {
        FieldKind.Url => "url",
        FieldKind.Email => "email",
        _ => "text",
    };

    private string? InputMode => Field.Kind switch
    {
        FieldKind.Integer => "numeric",
        FieldKind.Number => "decimal",
        _ => null,
    };

    private IReadOnlyList<FormChoice> Choices => Field.Kind is FieldKind.Boolean ? YesOrNo : [.. Field.Choices, .. Unknown];

    // What is stored and no longer on offer is still shown.
    private IEnumerable<FormChoice> Unknown => Slot.Value is { } value && Field.Choices.All(choice => choice.Key != value.ToString())
        ? [new FormChoice(value.DeepClone(), value.ToString())]
        : [];

    private string Selected => (Slot.IsPresent ? Slot.Value : Field.Default)?.ToString() ?? "";

    public void Dispose()
    {
        typing.Cancel();
        typing.Dispose();
    }

    private bool IsDefault(FormChoice choice) => Field.Default?.ToString() == choice.Key;

    private void Choose(string? key)
    {
        if (Choices.FirstOrDefault(choice => choice.Key == key) is { } chosen) Slot.Set(chosen.Value.DeepClone());
        else Slot.Remove();
        Model.NotifyChanged();
    }

    private void PutText(string? text)
    {
        if (string.IsNullOrEmpty(text)) Slot.Remove();
        else Slot.Set(Field.Kind is FieldKind.Integer or FieldKind.Number && Number(text) is { } number ? number : JsonValue.Create(text));
        Model.NotifyChanged();
    }

    private void PutJson(string? text)
    {
        Model.SetUnfinished(Slot.Path, null);
        try
        {
            if (string.IsNullOrWhiteSpace(text)) Slot.Remove();
            else Slot.Set(JsonNode.Parse(text));
        }
        catch (JsonException fault)
        {
            Model.SetUnfinished(Slot.Path, $"Not JSON, in line {fault.LineNumber + 1}. Names and texts stand in double quotes.");
        }

        Model.NotifyChanged();
    }

    // As it was written, so that no digit is lost.
    private static JsonNode? Number(string text)
    {
        var trimmed = text.Trim();
        try
        {
            return decimal.TryParse(trimmed, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? JsonNode.Parse(trimmed) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task LoadAsync(string? query)
    {
        if (Options is null || (query is null && options.Count > 0)) return;
        await typing.CancelAsync();
        typing.Dispose();
        typing = new CancellationTokenSource();
        var token = typing.Token;
        if (query is not null)
            await Task.Delay(Pause, Clock, token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        if (token.IsCancellationRequested) return;
        var (items, problem) = await Options(Slot.Path, query);
        if (!token.IsCancellationRequested) (options, optionsProblem) = (items, problem);
    }
}
