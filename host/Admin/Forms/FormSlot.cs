using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Admin.Forms;

/// <summary>A place in the document that a form fills in. What stands above it is made when something is put there.</summary>
public abstract class FormSlot(string path)
{
    /// <summary>As errors name it: <c>auth.token</c>, <c>routes[2].url</c>.</summary>
    public string Path { get; } = path;

    /// <summary>The same, fit to be the id of an element.</summary>
    public string ElementId { get; } = "f-" + string.Concat(path.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' ? c : '-'));

    public abstract JsonNode? Value { get; }

    /// <summary>Whether anything stands there, be it null.</summary>
    public abstract bool IsPresent { get; }

    public string? Text => Value is JsonValue value ? value.ToString() : null;

    public abstract void Set(JsonNode? value);

    public abstract void Remove();

    public FormSlot Member(string name) => new MemberSlot(this, name);

    public FormSlot Item(int index) => new ItemSlot(this, index);

    /// <summary>The object that stands there, or a new one put there.</summary>
    public JsonObject RequireObject()
    {
        if (Value is JsonObject there) return there;
        var made = new JsonObject();
        Set(made);
        return made;
    }

    /// <summary>The list that stands there, or a new one put there.</summary>
    public JsonArray RequireArray()
    {
        if (Value is JsonArray there) return there;
        var made = new JsonArray();
        Set(made);
        return made;
    }

    internal sealed class RootSlot(JsonObject root) : FormSlot("")
    {
        public override JsonNode Value => root;

        public override bool IsPresent => true;

        public override void Set(JsonNode? value) => throw new InvalidOperationException("The root of a form stays.");

        public override void Remove() => throw new InvalidOperationException("The root of a form stays.");
    }

    private sealed class MemberSlot(FormSlot parent, string name)
        : FormSlot(parent.Path.Length == 0 ? name : $"{parent.Path}.{name}")
    {
        public override JsonNode? Value => (parent.Value as JsonObject)?[name];

        public override bool IsPresent => parent.Value is JsonObject members && members.ContainsKey(name);

        public override void Set(JsonNode? value) => parent.RequireObject()[name] = value;

        public override void Remove() => (parent.Value as JsonObject)?.Remove(name);
    }

    private sealed class ItemSlot(FormSlot parent, int index) : FormSlot($"{parent.Path}[{index}]")
    {
        public override JsonNode? Value => parent.Value is JsonArray items && index < items.Count ? items[index] : null;

        public override bool IsPresent => parent.Value is JsonArray items && index < items.Count;

        public override void Set(JsonNode? value) => parent.RequireArray()[index] = value;

        // An item that is emptied stays, to be filled in or removed by its own button.
        public override void Remove() => parent.RequireArray()[index] = "";
    }
}
