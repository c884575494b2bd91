using System.ComponentModel.DataAnnotations;
using System.Text;
using System.Text.Json.Nodes;

namespace Vaka.Plugins.Host.Integrations.Schema.Shapes;

/// <summary>A member of a record.</summary>
internal sealed class Member(string name, Slot slot)
{
    /// <summary>As it stands in JSON.</summary>
    public string Name { get; } = name;

    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(name);

    public Slot Slot { get; } = slot;

    public Shape Shape => Slot.Shape;

    public required bool IsRequired { get; init; }

    /// <summary>Masked in views and never told in messages.</summary>
    public bool IsSensitive { get; init; }

    /// <summary>What holds when it is left out.</summary>
    public JsonNode? Default { get; init; }

    /// <summary>Keywords beside those of its shape: title, description, form hints.</summary>
    public JsonObject Annotations { get; init; } = [];

    /// <summary>Name of the C# property; empty for a discriminator.</summary>
    public string PropertyName { get; init; } = "";

    /// <summary>For messages that the author of the record words himself.</summary>
    public string Title { get; init; } = name;

    /// <summary>Reads the bound value; <c>null</c> for a discriminator.</summary>
    public Func<object, object?>? Get { get; init; }

    /// <summary>Rules of the plugin's own, held against the bound value.</summary>
    public IReadOnlyList<ValidationAttribute> Rules { get; init; } = [];

    public JsonObject Describe()
    {
        var schema = new JsonObject();
        foreach (var (keyword, value) in Slot.Describe()) schema[keyword] = value?.DeepClone();
        if (Default is not null) schema["default"] = Default.DeepClone();
        foreach (var (keyword, value) in Annotations) schema[keyword] = value?.DeepClone();
        return schema;
    }
}
