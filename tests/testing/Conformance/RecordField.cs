using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Vaka.Plugins.Testing;

/// <summary>One property of a contract record, however deep.</summary>
/// <param name="Path">From the root of the document: <c>auth.token_url</c>, <c>to[].name</c>, <c>headers.*</c>.</param>
/// <param name="Property">The property.</param>
internal sealed record RecordField(string Path, PropertyInfo Property)
{
    /// <summary>Every property that is bound from JSON, with those of nested records and of every variant of a polymorphic one.</summary>
    public static IReadOnlyList<RecordField> Of(Type record) => [.. Walk(record, "", [])];

    /// <summary>It is a secret, or a list or map of them.</summary>
    public bool IsSecret => Inner(Property.PropertyType).Type == typeof(SecretString);

    private static IEnumerable<RecordField> Walk(Type record, string prefix, HashSet<Type> above)
    {
        if (!above.Add(record))
        {
            yield break; // a tree of itself
        }

        foreach (var type in Variants(record))
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(IsBound))
            {
                var path = prefix + NameOf(property);
                yield return new RecordField(path, property);
                var (inner, suffix) = Inner(property.PropertyType);
                if (IsRecord(inner))
                {
                    foreach (var field in Walk(inner, $"{path}{suffix}.", above))
                    {
                        yield return field;
                    }
                }
            }
        }

        above.Remove(record);
    }

    private static IEnumerable<Type> Variants(Type record) =>
        record.GetCustomAttributes<JsonDerivedTypeAttribute>(inherit: false).Select(variant => variant.DerivedType).Prepend(record);

    private static bool IsBound(PropertyInfo property) =>
        property.SetMethod is { IsPublic: true }
        && property.GetIndexParameters().Length == 0
        && property.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always };

    private static string NameOf(PropertyInfo property) =>
        property.GetCustomAttribute<JsonPropertyNameAttribute>()?.Name ?? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name);

    private static bool IsRecord(Type type) =>
        !type.IsPrimitive && !type.IsEnum && type != typeof(SecretString) && type.Namespace?.StartsWith("System", StringComparison.Ordinal) != true;

    /// <summary>What stands in a nullable, a list or a map, and how a path says so.</summary>
    private static (Type Type, string Suffix) Inner(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return (value, "");
        }

        var interfaces = type.IsInterface ? type.GetInterfaces().Prepend(type) : type.GetInterfaces();
        var generic = interfaces.Where(candidate => candidate.IsGenericType).ToLookup(candidate => candidate.GetGenericTypeDefinition());
        if (type != typeof(string) && generic[typeof(IEnumerable<>)].FirstOrDefault() is { } list)
        {
            var item = list.GetGenericArguments()[0];
            return item.IsGenericType && item.GetGenericTypeDefinition() == typeof(KeyValuePair<,>)
                ? (item.GetGenericArguments()[1], ".*")
                : (item, "[]");
        }

        return (type, "");
    }
}
