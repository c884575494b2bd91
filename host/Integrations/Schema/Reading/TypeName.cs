namespace Vaka.Plugins.Host.Integrations.Schema.Reading;

/// <summary>Types as an author wrote them.</summary>
internal static class TypeName
{
    public static string Of(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } value) return Of(value) + "?";
        if (type.IsArray && type.GetElementType() is { } element) return $"{Of(element)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (!type.IsGenericType) return type.Name;
        return $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Of))}>";
    }

    /// <summary>A type's name as words: <c>ApiKeyAuth</c> becomes <c>Api key auth</c>.</summary>
    public static string Words(Type type)
    {
        var words = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(type.Name).Replace('_', ' ');
        return char.ToUpperInvariant(words[0]) + words[1..];
    }
}
