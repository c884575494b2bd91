using System.Text.Json.Nodes;

namespace Vaka.Plugins.Sso.Logins;

/// <summary>Makes the platform's attributes of what arrived, as the config says.</summary>
internal static class AttributeMapping
{
    private const int MostNames = 50;

    /// <param name="arrived">Names and values, in the order of arrival.</param>
    /// <param name="mapping">The config's mapping; empty: attributes keep the names that they arrived by.</param>
    /// <param name="trace">Where a refusal goes.</param>
    public static JsonObject Map(
        IReadOnlyDictionary<string, IReadOnlyList<string>> arrived, IReadOnlyList<MappedAttribute> mapping, LoginTrace trace)
    {
        var attributes = new JsonObject();
        if (mapping.Count is 0)
        {
            foreach (var (name, values) in arrived.Where(item => item.Value.Count > 0))
            {
                attributes[name] = values is [var only] ? only : List(values);
            }
        }

        foreach (var attribute in mapping)
        {
            if (ValueOf(attribute, arrived, trace) is { } value) attributes[attribute.Target] = value;
        }

        trace.Passed("attributes", $"{arrived.Count} arrived, {attributes.Count} came of them.");
        return attributes;
    }

    private static JsonNode? ValueOf(
        MappedAttribute attribute, IReadOnlyDictionary<string, IReadOnlyList<string>> arrived, LoginTrace trace)
    {
        var source = attribute.Sources.FirstOrDefault(name => arrived.GetValueOrDefault(name)?.Any(IsValue) is true);
        IReadOnlyList<string> values = source is null ? [] : [.. Translated(attribute, arrived[source].Where(IsValue))];
        if (values.Count is 0 && attribute.Default is { } otherwise) values = [otherwise];
        return values switch
        {
            [] when attribute.Required => throw Missing(attribute, source, arrived, trace),
            [] => null,
            _ when attribute.Multiple => List(values),
            [var only] => only,
            _ => throw trace.Refused(
                "attributes",
                $"'{attribute.Target}' takes one value, and {values.Count} arrived as {LoginTrace.Shown(source)}. Mark it as having several values, or name another source."),
        };
    }

    // Values that the map does not name are dropped: what nobody has thought of grants nothing.
    private static IEnumerable<string> Translated(MappedAttribute attribute, IEnumerable<string> values) =>
        attribute.Values.Count is 0
            ? values
            : values.Where(attribute.Values.ContainsKey).Select(value => attribute.Values[value]).Distinct(StringComparer.Ordinal);

    private static bool IsValue(string value) => !string.IsNullOrWhiteSpace(value);

    private static IntegrationException Missing(
        MappedAttribute attribute, string? source, IReadOnlyDictionary<string, IReadOnlyList<string>> arrived, LoginTrace trace)
    {
        if (source is not null)
        {
            return trace.Refused(
                "attributes", $"'{attribute.Target}' is required; {LoginTrace.Shown(source)} arrived, and its map of values names none that did.");
        }

        var names = arrived.Count is 0 ? "nothing" : string.Join(", ", arrived.Keys.Take(MostNames).Select(LoginTrace.Shown));
        return trace.Refused(
            "attributes",
            $"'{attribute.Target}' is required and none of {string.Join(", ", attribute.Sources.Select(LoginTrace.Shown))} arrived. Arrived: "
            + $"{names}{(arrived.Count > MostNames ? ", …" : "")}.");
    }

    private static JsonArray List(IEnumerable<string> values) => [.. values.Select(value => JsonValue.Create(value))];
}
