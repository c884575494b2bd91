using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Vaka.Plugins.Host.Integrations.Schema.Binding;
using Vaka.Plugins.Host.Integrations.Schema.Shapes;
using Vaka.Plugins.Host.Plugins;

namespace Vaka.Plugins.Host.Integrations.Schema.Reading;

/// <summary>Reads what a record's members are when they are left out.</summary>
internal static class RecordDefaults
{
    /// <summary>A record as its initialisers leave it, required members unset; <c>null</c> when its constructor takes parameters.</summary>
    public static object? Blank(Type type)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        if (!type.IsValueType && type.GetConstructor(Any, []) is null) return null;
        try
        {
            return Activator.CreateInstance(type, nonPublic: true);
        }
        catch (TargetInvocationException exception)
        {
            throw new ProviderCheckException($"{type.Name}: its constructor throws {exception.InnerException?.GetType().Name}.", exception);
        }
    }

    public static JsonNode? Of(JsonPropertyInfo property, object? blank, Slot slot, JsonSerializerOptions options, string name)
    {
        var value = blank is not null ? property.Get?.Invoke(blank) : property.AssociatedParameter?.DefaultValue;
        if (value is null or JsonElement { ValueKind: JsonValueKind.Undefined }) return null;
        byte[] json;
        try
        {
            json = JsonSerializer.SerializeToUtf8Bytes(value, options.GetTypeInfo(property.PropertyType));
        }
        catch (NotSupportedException exception)
        {
            throw new ProviderCheckException(
                $"{name}: its default holds a secret, or cannot be written as JSON. Leave it unset.", exception);
        }
        catch (JsonException exception)
        {
            throw new ProviderCheckException($"{name}: its default is not one of its values. Give it one that is.", exception);
        }

        if (DocumentCheck.Run(slot, json).FirstOrDefault() is { } error)
        {
            var where = error.Path.Length == 0 ? "" : $" at {error.Path}";
            throw new ProviderCheckException($"{name}: its default breaks its own rules{where}: {error.Message}");
        }

        return Whole(JsonNode.Parse(json));
    }

    // A parsed node fills itself when it is first read, which several threads may do at once.
    private static JsonNode? Whole(JsonNode? node) => node switch
    {
        JsonObject value => new JsonObject(value.Select(member => KeyValuePair.Create(member.Key, Whole(member.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Whole)]),
        _ => node?.DeepClone(),
    };
}
