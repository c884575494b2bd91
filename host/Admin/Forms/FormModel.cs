using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Admin.Forms;

/// <summary>What a form holds: the fields, the document as it is being typed, what is told of the stored secrets, and what is wrong.</summary>
/// <remarks>A secret is absent while the stored one is kept, null when it is to be removed, a string when it is to be replaced: just as a
/// request says it.</remarks>
public sealed class FormModel
{
    private readonly JsonObject original;
    private readonly IReadOnlyDictionary<string, StoredSecret> secrets;
    private readonly Dictionary<string, string> unfinished = [];

    public FormModel(IReadOnlyList<FormField> fields, JsonObject config, IReadOnlyDictionary<string, StoredSecret> secrets)
    {
        Fields = fields;
        original = config;
        this.secrets = secrets;
        Document = config.DeepClone().AsObject();
        Root = new FormSlot.RootSlot(Document);
    }

    /// <summary>Something was typed.</summary>
    public event Action? Changed;

    public IReadOnlyList<FormField> Fields { get; }

    public JsonObject Document { get; }

    public FormSlot Root { get; }

    public IReadOnlyList<ConfigError> Errors { get; private set; } = [];

    public bool IsChanged => !JsonNode.DeepEquals(original, Document);

    /// <summary>What cannot be sent as it is typed, by path.</summary>
    public IReadOnlyDictionary<string, string> Unfinished => unfinished;

    public void NotifyChanged() => Changed?.Invoke();

    public void Show(IReadOnlyList<ConfigError> errors)
    {
        Errors = errors;
        NotifyChanged();
    }

    public void SetUnfinished(string path, string? problem)
    {
        if (problem is null) unfinished.Remove(path);
        else unfinished[path] = problem;
    }

    public IEnumerable<ConfigError> ErrorsAt(string path) =>
        Errors.Where(error => error.Path == path)
            .Concat(unfinished.TryGetValue(path, out var problem) ? [new ConfigError(path, problem)] : []);

    /// <summary>Errors that belong to no field that is shown.</summary>
    public IEnumerable<ConfigError> OtherErrors()
    {
        var shown = new HashSet<string>();
        AddPaths(Fields, Root, shown);
        return Errors.Where(error => !shown.Contains(error.Path));
    }

    /// <summary>What is told of the secret that is stored at a path; <c>null</c>: none, or the object above is of another kind now.</summary>
    public StoredSecret? SecretAt(string path) => secrets.TryGetValue(path, out var secret) && !IsOfOtherKind(path) ? secret : null;

    /// <summary>Whether a secret stands at a path.</summary>
    public bool IsSecret(string path)
    {
        var found = Fields;
        var slot = Root;
        foreach (var name in path.Split('.'))
        {
            if (found.FirstOrDefault(candidate => candidate.Name == name) is not { } field) return false;
            slot = slot.Member(name);
            if (field.Kind is FieldKind.Secret or FieldKind.Map) return field.Kind is FieldKind.Secret || field.Item?.Kind is FieldKind.Secret;
            found = field.Kind is FieldKind.Union ? BranchOf(field, slot.Value as JsonObject)?.Members ?? [] : field.Members;
        }

        return false;
    }

    /// <summary>Keys of a map whose values are stored secrets.</summary>
    public IEnumerable<string> SecretKeysBelow(string path) => IsOfOtherKind(path) ? []
        : secrets.Keys.Where(key => key.StartsWith(path + ".", StringComparison.Ordinal)).Select(key => key[(path.Length + 1)..]);

    /// <summary>Whether the form shows the field now.</summary>
    public bool IsShown(FormField field)
    {
        if (field.DependsOn is null) return true;
        var value = Effective(field.DependsOn);
        return value is not null && field.DependsOnValues.Contains(value);
    }

    /// <summary>The document to send: without what is hidden, and without objects and entries that nothing was put into.</summary>
    public JsonObject Output()
    {
        var output = Document.DeepClone().AsObject();
        Trim(Fields, output, original);
        return output;
    }

    private void Trim(IReadOnlyList<FormField> fields, JsonObject document, JsonObject? before)
    {
        foreach (var field in fields)
        {
            if (!IsShown(field)) document.Remove(field.Name);
            switch (document[field.Name])
            {
                case JsonObject below when field.Kind is FieldKind.Object:
                    Trim(field.Members, below, before?[field.Name] as JsonObject);
                    if (below.Count == 0 && !field.IsRequired && before?.ContainsKey(field.Name) != true) document.Remove(field.Name);
                    break;
                case JsonObject below when field.Kind is FieldKind.Union:
                    if (BranchOf(field, below) is { } branch) Trim(branch.Members, below, before?[field.Name] as JsonObject);
                    break;
                case JsonObject entries when field.Kind is FieldKind.Map && string.IsNullOrEmpty(entries[""]?.ToString()):
                    entries.Remove("");
                    break;
            }
        }
    }

    internal static FormBranch? BranchOf(FormField field, JsonObject? value)
    {
        var kind = value?[field.Discriminator]?.ToString();
        return field.Branches.FirstOrDefault(branch => branch.Value == kind);
    }

    /// <summary>The text at a path of the root, or the default of what is absent.</summary>
    private string? Effective(string path)
    {
        var (fields, slot) = (Fields, Root);
        FormField? field = null;
        foreach (var name in path.Split('.'))
        {
            field = fields.FirstOrDefault(candidate => candidate.Name == name);
            slot = slot.Member(name);
            fields = field switch
            {
                { Kind: FieldKind.Union } => BranchOf(field, slot.Value as JsonObject ?? field.Default as JsonObject)?.Members ?? [],
                { } => field.Members,
                null => [],
            };
        }

        return slot.IsPresent ? slot.Value is JsonValue value ? value.ToString() : null : field?.Default is JsonValue preset ? preset.ToString() : null;
    }

    private bool IsOfOtherKind(string path)
    {
        var (fields, slot, before) = (Fields, Root, (JsonNode?)original);
        foreach (var name in path.Split('.'))
        {
            if (fields.FirstOrDefault(candidate => candidate.Name == name) is not { } field) return false;
            slot = slot.Member(name);
            before = (before as JsonObject)?[name];
            if (field.Kind is FieldKind.Union)
            {
                var now = BranchOf(field, slot.Value as JsonObject);
                if (now is null || BranchOf(field, before as JsonObject) != now) return true;
                fields = now.Members;
            }
            else
            {
                fields = field.Members;
            }
        }

        return false;
    }

    private void AddPaths(IReadOnlyList<FormField> fields, FormSlot slot, HashSet<string> paths)
    {
        foreach (var field in fields.Where(IsShown)) AddPaths(field, slot.Member(field.Name), paths);
    }

    private void AddPaths(FormField field, FormSlot slot, HashSet<string> paths)
    {
        paths.Add(slot.Path);
        switch (field.Kind)
        {
            case FieldKind.Object:
                AddPaths(field.Members, slot, paths);
                break;
            case FieldKind.Union when BranchOf(field, slot.Value as JsonObject ?? field.Default as JsonObject) is { } branch:
                AddPaths(branch.Members, slot, paths);
                break;
            case FieldKind.List when field.Item is { } item && slot.Value is JsonArray items:
                for (var i = 0; i < items.Count; i++) AddPaths(item, slot.Item(i), paths);
                break;
            case FieldKind.Map when field.Item is { } value:
                foreach (var key in (slot.Value as JsonObject ?? []).Select(entry => entry.Key).Union(SecretKeysBelow(slot.Path)))
                    AddPaths(value, slot.Member(key), paths);
                break;
        }
    }
}

/// <summary>What may be told of a secret that is stored.</summary>
public sealed record StoredSecret(string? Fingerprint, DateTimeOffset? UpdatedAt);
